// The demo page: an app that uses the package as any other would.

import { type Azalia, createAzalia, missingForSharedMemory } from 'azalia';
import { Screen } from './canvas.ts';
import { Controls } from './controls.ts';
import { Player } from './player.ts';
import { showNotice, showStatistics } from './readouts.ts';
import { drawScope } from './scope.ts';
import { chosenCodec, startSources } from './sources.ts';
import { drawSpectrum } from './spectrum.ts';
import { startTools } from './tools.ts';

const SAMPLE_RATE = 48_000;
const PERIODS = 4;

const button = document.getElementById('play') as HTMLButtonElement;
const text = (id: string, value: string) => {
  (document.getElementById(id) as HTMLElement).textContent = value;
};

let over = false;

/** A line on the page; once the machine is over, that has been said. */
const say = (error: unknown) => {
  if (!over) showNotice(error instanceof Error ? error.message : String(error));
};
const guard = (work: () => Promise<void>) => () => void work().catch(say);

async function start(): Promise<void> {
  const missing = missingForSharedMemory();
  const azalia = await createAzalia({ context: new AudioContext({ sampleRate: SAMPLE_RATE }), codec: chosenCodec() });
  if (missing) showNotice(`It plays, but without shared memory: samples go as messages, with more latency. ${missing}`);
  azalia.addEventListener('close', ({ detail: { reason } }) => {
    over = true;
    button.disabled = true;
    showNotice(`The machine has stopped. ${reason?.message ?? ''} Reload the page to start a new one.`);
  });
  text('codec', `“${azalia.codec.model.name}”`);

  const player = new Player(azalia, showPlaying);
  const controls: Controls = new Controls({
    onTone: guard(() => player.change(controls.tone)),
    onPin: guard(() => player.move(controls.pin, controls.tone)),
  });
  controls.showPins(azalia.outputs);
  player.listen(controls.pin);
  button.addEventListener(
    'click',
    guard(() => player.toggle(controls.tone)),
  );
  startSources(
    azalia,
    (nid) => {
      const pin = controls.pinOf(nid);
      if (pin) player.listen(pin);
    },
    guard,
  );
  startTools(azalia, say);
  button.disabled = false;
  animate(azalia, player.analyser, controls);
}

function showPlaying(playing: boolean): void {
  button.ariaPressed = String(playing);
  (button.querySelector('span') as HTMLElement).textContent = playing ? 'Stop' : 'Play';
}

function animate(azalia: Azalia, analyser: AnalyserNode, controls: Controls): void {
  const scope = new Screen(document.getElementById('scope') as HTMLCanvasElement);
  const spectrum = new Screen(document.getElementById('spectrum') as HTMLCanvasElement);
  const samples = new Float32Array(analyser.fftSize);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const { sampleRate } = azalia.context;
  const draw = () => {
    analyser.getFloatTimeDomainData(samples);
    analyser.getFloatFrequencyData(bins);
    const { frequency, wave } = controls.tone;
    const seconds = wave === 'noise' || wave === 'sweep' ? 0.01 : Math.min(0.1, Math.max(0.0005, PERIODS / frequency));
    text('scope-scale', drawScope(scope, samples, sampleRate, seconds));
    text('spectrum-peak', drawSpectrum(spectrum, bins, sampleRate / analyser.fftSize));
    showStatistics(azalia.statistics());
    requestAnimationFrame(draw);
  };
  draw();
}

guard(start)();
