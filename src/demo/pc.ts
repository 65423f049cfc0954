// The page «PC»: v86 with the card in it.

import { attachHdAudio } from 'azalia/v86';
import { builtInCodecs } from '../entries/codec.ts';
import { find, make, say } from './make.ts';
import { SerialConsole } from './pc-console.ts';
import { createEmulator, giveKeys, type PcEmulator } from './pc-emulator.ts';
import { Images } from './pc-images.ts';
import { startTools } from './pc-tools.ts';

const NEEDED = 'A BIOS and something to boot are needed, or a saved state.';

const boot = find<HTMLButtonElement>('#boot');
const images = new Images(() => {
  const bootable = (['bzimage', 'cdrom', 'hda', 'fda'] as const).some((kind) => images.get(kind));
  boot.disabled = !images.get('state') && !(images.get('bios') && bootable);
  say('#state', boot.disabled ? NEEDED : 'Ready.');
});
for (const name of Object.keys(builtInCodecs)) find('#codec').append(make('option', {}, name));

find('#pc').addEventListener('submit', (event) => {
  event.preventDefault();
  find('#parts').hidden = true;
  boot.disabled = true;
  say('#state', 'Starting…');
  start().catch((error: Error) => {
    say('#state', 'Nothing runs. Reload the page to begin again.');
    say('#notice', error.message);
    find('#notice').hidden = false;
  });
});

async function start(): Promise<void> {
  const audioContext = new AudioContext(); // within the click
  const value = (selector: string) => find<HTMLInputElement | HTMLSelectElement>(selector).value;
  const emulator = await createEmulator(images, Number(value('#memory')), value('#cmdline'));
  const dump = images.get('codec');
  const input = find<HTMLInputElement>('#microphone').checked && (await openMicrophone());
  const card = await attachHdAudio(emulator, {
    audioContext,
    codec: dump ? { dump: await dump.text() } : value('#codec'),
    ...(input && { input }),
  });
  const serial = new SerialConsole((text) => emulator.serial0_send(text));
  emulator.add_listener('serial0-output-byte', (byte: number) => serial.take(byte));
  const state = images.get('state');
  if (state) await emulator.restore_state(await state.arrayBuffer());
  giveKeys(emulator, find('#screen'));
  await run(emulator, audioContext);
  for (const section of ['#card', '#tools']) find(section).hidden = false;
  startTools(card);
  letPause(emulator, audioContext);
}

/** As it is: a guest has its own ideas of cleaning. */
const openMicrophone = (): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });

async function run(emulator: PcEmulator, audioContext: AudioContext): Promise<void> {
  await audioContext.resume();
  await emulator.run();
  say('#state', 'Running.');
  boot.textContent = 'Pause';
  boot.disabled = false;
}

function letPause(emulator: PcEmulator, audioContext: AudioContext): void {
  let runs = true;
  boot.type = 'button';
  boot.addEventListener('click', () => {
    runs = !runs;
    if (runs) return void run(emulator, audioContext);
    void emulator.stop();
    void audioContext.suspend();
    say('#state', 'Paused.');
    boot.textContent = 'Go on';
  });
}
