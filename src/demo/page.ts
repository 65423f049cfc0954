// The demo page: an app that uses the package as any other would.

import { createAzalia, missingForSharedMemory } from 'azalia';
import { Screen } from './canvas.ts';
import { chosenCodec, showCodecs } from './codec-choice.ts';
import { Controls } from './controls.ts';
import { find, say } from './make.ts';
import { Player } from './player.ts';
import { showNotice, showStatistics } from './readouts.ts';
import { drawScope } from './scope.ts';
import { startSources } from './sources.ts';
import { drawSpectrum } from './spectrum.ts';
import { Strips } from './strips.ts';
import { startTools } from './tools.ts';

const SAMPLE_RATE = 48_000;
const PERIODS = 4;
const READ_MILLISECONDS = 100;

const button = find<HTMLButtonElement>('#play');

let over = false;
/** What is to be said for as long as the page stands. */
let lasting: string | null = null;

/** A line on the page; once the machine is over, that has been said. */
const tell = (error: unknown) => {
  if (!over) showNotice(error instanceof Error ? error.message : String(error));
};
const guard = (work: () => Promise<void>) => () => {
  if (!over) showNotice(lasting);
  work().catch(tell);
};

async function start(): Promise<void> {
  showCodecs();
  const missing = missingForSharedMemory();
  const azalia = await createAzalia({ context: new AudioContext({ sampleRate: SAMPLE_RATE }), codec: chosenCodec() });
  if (missing) lasting = `It plays, but without shared memory: samples go as messages, with more latency. ${missing}`;
  showNotice(lasting);
  azalia.addEventListener('close', ({ detail: { reason } }) => {
    over = true;
    button.disabled = true;
    showNotice(`The machine has stopped. ${reason?.message ?? ''} Reload the page to start a new one.`);
  });
  say('#codec', `“${azalia.codec.model.name}”`);

  const strips = new Strips(azalia.outputs);
  const player = new Player(azalia, showPlaying);
  const controls: Controls = new Controls(azalia.outputs, {
    onTone: guard(() => player.change(controls.tone)),
    onPin: guard(() => player.move(controls.pin, controls.tone)),
  });
  player.listen(controls.pin);
  button.addEventListener(
    'click',
    guard(() => player.toggle(controls.tone)),
  );
  const listen = (nid: number) => {
    const pin = controls.choosePin(nid);
    if (pin) player.listen(pin);
  };
  startSources(azalia, { listen, makeRoom: () => player.stop() }, guard);
  const showTools = startTools(azalia, (levels) => strips.feed(levels), tell);
  button.disabled = false;

  const drawWave = waveOf(player.analyser, controls, azalia.context.sampleRate);
  let read = Number.NEGATIVE_INFINITY;
  const draw = (milliseconds: number) => {
    const statistics = azalia.statistics();
    drawWave();
    strips.draw(milliseconds / 1000);
    showTools(statistics);
    const due = milliseconds - read >= READ_MILLISECONDS;
    if (due) read = milliseconds;
    showStatistics(statistics, due);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
}

function showPlaying(playing: boolean): void {
  button.ariaPressed = String(playing);
  say('#play span', playing ? 'Stop' : 'Play');
}

/** Draws scope and spectrum of what the analyser hears. */
function waveOf(analyser: AnalyserNode, controls: Controls, sampleRate: number): () => void {
  const scope = new Screen(find<HTMLCanvasElement>('#scope'));
  const spectrum = new Screen(find<HTMLCanvasElement>('#spectrum'));
  const samples = new Float32Array(analyser.fftSize);
  const bins = new Float32Array(analyser.frequencyBinCount);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    analyser.getFloatFrequencyData(bins);
    const { frequency, wave } = controls.tone;
    const seconds = ['sweep', 'noise', 'pink'].includes(wave)
      ? 0.01
      : Math.min(0.1, Math.max(0.0005, PERIODS / frequency));
    say('#scope-scale', drawScope(scope, samples, sampleRate, seconds));
    say('#spectrum-peak', drawSpectrum(spectrum, bins, sampleRate / analyser.fftSize));
  };
}

guard(start)();
