// What else can sound, and which codec it goes through: a sound file, a voice for each channel, another codec.

import { type Azalia, builtInCodecs, type CodecSource } from 'azalia';
import { find, make } from './make.ts';
import { Microphone } from './microphone.ts';

const DUMP = 'azalia codec dump';
const IDENTIFY_SECONDS = 0.8;
const IDENTIFY_HZ = [440, 554.37, 659.26, 880];

/** The codec that the page's address names, or the dump that was dropped before the page loaded anew. */
export function chosenCodec(): CodecSource {
  const name = new URLSearchParams(location.search).get('codec') ?? 'desktop';
  const dump = sessionStorage.getItem(DUMP);
  if (name === 'dump' && dump) return { dump };
  return Object.hasOwn(builtInCodecs, name) ? name : 'desktop';
}

function load(name: string): void {
  const url = new URL(location.href);
  url.searchParams.set('codec', name);
  location.assign(url);
}

export function startSources(
  azalia: Azalia,
  listen: (pin: number) => void,
  guard: (work: () => Promise<void>) => () => void,
): void {
  const choice = find<HTMLSelectElement>('#codec-choice');
  const chosen = new URLSearchParams(location.search).get('codec') ?? 'desktop';
  const names = [
    ...Object.keys(builtInCodecs).filter((name) => name !== 'modem'),
    ...(chosen === 'dump' ? ['dump'] : []),
  ];
  choice.append(
    ...names.map((name) =>
      make('option', { value: name, selected: name === chosen }, name === 'dump' ? azalia.codec.model.name : name),
    ),
  );
  choice.addEventListener('change', () => load(choice.value));

  const progress = find('#file-progress');
  const position = find<HTMLProgressElement>('#file-position');
  const stopButton = find('#file-stop');
  stopButton.addEventListener('click', () => playing?.abort());
  let playing: AbortController | null = null;
  const open = async (file: File) => {
    playing?.abort();
    const stop = new AbortController();
    playing = stop;
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
      sessionStorage.setItem(DUMP, await file.text());
      load('dump');
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
      const pin = await microphone.toggle();
      if (pin !== null) listen(pin);
      switchButton.ariaPressed = String(microphone.on);
    }),
  );
  find('#identify').addEventListener(
    'click',
    guard(() => identify(azalia, listen)),
  );
}

/** One pin of the first output after the other, by name, each with a pitch of its own. */
async function identify(azalia: Azalia, listen: (pin: number) => void): Promise<void> {
  const progress = find('#file-progress');
  await azalia.context.resume();
  for (const [place, pin] of (azalia.outputs[0]?.pins ?? []).entries()) {
    progress.textContent = `${pin.device}, ${pin.location}, ${pin.color}: ${pin.nid.toString(16).toUpperCase()}h`;
    listen(pin.nid);
    const frequency = IDENTIFY_HZ[place % IDENTIFY_HZ.length] as number;
    const tone = await azalia.playTone({ frequency, seconds: IDENTIFY_SECONDS, level: -18, pin: pin.nid });
    await tone.finished;
  }
  progress.textContent = '';
}
