// Two minutes of sweep made by the DSP: sweep → low-pass → gain → meter → the driver's buffer → codec → pin. Command buffers
// do all of it; this program only says what. Node: `node sweep-chain.js` where azalia is installed.

import { commands, DspDevice } from 'azalia/driver-kit';
import { createMachine } from 'azalia/machine';

const RATE_HZ = 48_000;
const FRAMES = 120 * RATE_HZ;
const PIECE_FRAMES = 4800;

const machine = await createMachine({ outputRateHz: 'stream' });
machine.windows.boot();
const { stream } = machine.windows.audio[0].openRender({ rateHz: RATE_HZ, bits: 24, channels: 2, bufferFrames: 9600 });

// A connection, a context to submit to, and buffers that commands name.
const device = DspDevice.open(machine.windows.dsp).value;
const context = device.createContext().value;
const buffer = (bytes) => device.allocate({ bytes }).value;
const [sound, container, levels] = [buffer(PIECE_FRAMES * 8), buffer(PIECE_FRAMES * 8), buffer(24)];
const [coefficients, state] = [buffer(40), buffer(32)];
coefficients.write(new Uint8Array(Float64Array.from(lowPass(2000)).buffer));

const float = { rateHz: RATE_HZ, bits: 'float', channels: 2 };
const pcm = { rateHz: RATE_HZ, bits: 24, channels: 2 };
const peaks = [];

/** The driver asks for frames; a command buffer makes them. */
function fill(into, firstFrame, frames) {
  if (firstFrame >= FRAMES) return void into.fill(0);
  const part = (whole) => ({ buffer: whole, bytes: frames * 8 });
  const list = commands
    .sweep({ into: part(sound), format: float, fromHz: 20, toHz: 20_000, frames: FRAMES, amplitude: 0.9, firstFrame })
    .biquad({
      from: part(sound),
      into: part(sound),
      format: float,
      coefficients: { buffer: coefficients, bytes: 40 },
      state: { buffer: state, bytes: 32 },
    })
    .gain({ from: part(sound), into: part(sound), format: float, start: 0.5 })
    .meter({ from: part(sound), into: levels, format: float })
    .convert({ from: sound, fromFormat: float, into: container, intoFormat: pcm, frames, ditherSeed: 1 });
  const { status } = context.submit(list);
  if (status !== 0) throw new Error(`refused: status ${status.toString(16)}`);
  into.set(container.read(0, frames * 8)); // waits for the commands
  const [peak] = new Float32Array(levels.read(0, 4).slice().buffer);
  peaks.push([firstFrame, peak]);
}

const tap = machine.codecs[0].listen(stream.pins[0]);
stream.start(fill);
let heard = 0;
while (heard < FRAMES) {
  machine.advance(PIECE_FRAMES);
  heard += tap.read()[0].length;
}
const at = (seconds) => peaks.findLast(([frame]) => frame <= seconds * RATE_HZ)[1];
const hz = (seconds) => 20 * (20_000 / 20) ** (seconds / 120);
for (const seconds of [10, 60, 80, 100, 118]) {
  console.log(
    `${hz(seconds).toFixed(0).padStart(6)} Hz  ${(20 * Math.log10(at(seconds))).toFixed(1).padStart(6)} dBFS`,
  );
}
console.log(`${heard} frames at pin ${stream.pins[0].toString(16)}, ${peaks.length} command buffers`);
stream.close();
device.close();
machine.close();

/** b0 b1 b2 a1 a2 of a Butterworth low-pass of the second order. */
function lowPass(cornerHz) {
  const w = Math.tan((Math.PI * cornerHz) / RATE_HZ);
  const n = 1 / (1 + Math.SQRT2 * w + w * w);
  return [w * w * n, 2 * w * w * n, w * w * n, 2 * (w * w - 1) * n, (1 - Math.SQRT2 * w + w * w) * n];
}
