// What else can sound: a sound file, each channel by name, the microphone. A dump that is dropped becomes the codec.

import type { Azalia } from 'azalia';
import { takeDump } from './codec-choice.ts';
import { identify } from './identify.ts';
import { find } from './make.ts';
import { Microphone } from './microphone.ts';

interface Place {
  /** Lets a pin be heard and seen. */
  listen(pin: number): void;
  /** The test tone gives its converters back. */
  makeRoom(): Promise<void>;
}

export function startSources(
  azalia: Azalia,
  { listen, makeRoom }: Place,
  guard: (work: () => Promise<void>) => () => void,
): void {
  const progress = find('#file-progress');
  const position = find<HTMLProgressElement>('#file-position');
  const stopButton = find('#file-stop');
  stopButton.addEventListener('click', () => playing?.abort());
  let playing: AbortController | null = null;
  const open = async (file: File) => {
    playing?.abort();
    const stop = new AbortController();
    playing = stop;
    await makeRoom();
    await azalia.context.resume();
    const playback = await azalia.decodeAndPlay(await file.arrayBuffer(), { signal: stop.signal });
    listen(playback.pins[0] as number);
    const show = setInterval(() => {
      const { positionSeconds, seconds } = playback;
      progress.textContent = `${file.name}: ${positionSeconds.toFixed(1)} of ${seconds.toFixed(1)} s`;
      position.value = positionSeconds / seconds;
    }, 100);
    const whilePlaying = [position, stopButton];
    for (const element of whilePlaying) element.hidden = false;
    await playback.finished.catch(() => {}).finally(() => clearInterval(show));
    if (playing !== stop) return; // another file took its place
    for (const element of whilePlaying) element.hidden = true;
    progress.textContent = `${file.name}: ${stop.signal.aborted ? 'stopped' : 'played'}`;
  };
  const take = (file: File | undefined) => {
    if (!file) return;
    guard(async () => {
      if (!/\.txt$|^text\//.test(`${file.type}${file.name}`) && !file.type.startsWith('text/')) return open(file);
      takeDump(await file.text());
    })();
  };
  const picker = find<HTMLInputElement>('#file');
  picker.addEventListener('change', () => {
    take(picker.files?.[0]);
    picker.value = ''; // the same file may be taken again
  });
  const drop = find('#drop');
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) drop.classList.remove('over'); // it left the window
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    take(event.dataTransfer?.files[0]);
  });

  const microphone = new Microphone(azalia);
  const switchButton = find('#microphone');
  switchButton.addEventListener(
    'click',
    guard(async () => {
      if (!microphone.on) await makeRoom();
      const pin = await microphone.toggle();
      if (pin !== null) listen(pin);
      switchButton.ariaPressed = String(microphone.on);
    }),
  );
  const namer = find<HTMLButtonElement>('#identify');
  namer.addEventListener(
    'click',
    guard(async () => {
      namer.disabled = true;
      await makeRoom();
      await identify(azalia, listen).finally(() => {
        namer.disabled = false;
      });
    }),
  );
}
