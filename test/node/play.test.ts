import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { PCM_SIZES, type SampleBits } from '../../src/hda/pcm.ts';
import { createPlayer, outputPins, type Player } from '../../src/node/render.ts';
import { playToWav } from '../../src/node/render-wav.ts';
import { WavReader } from '../../src/node/wav-read.ts';
import { WavWriter } from '../../src/node/wav-write.ts';
import { readSteps, temporaryFolder } from './support.ts';

const path = temporaryFolder();
let player: Player;
beforeAll(async () => {
  player = await createPlayer('desktop');
});

async function play(from: string, to: string, pin?: number): Promise<void> {
  const file = new WavReader(from);
  await playToWav(player, file, { out: to, pin }).finally(() => file.close());
}

/** Whole numbers over the whole range, other ones in every channel; the ends of the range first. */
const pattern = (bits: SampleBits, n: number): number => {
  const top = 2 ** (bits - 1);
  return [-top, top - 1, 0, -1, 1, 5 - top][n] ?? ((n * 2654435761 + (n >> 3) * 40503) % (2 * top)) - top;
};

function writePattern(file: string, rateHz: number, bits: SampleBits, channels: number, frames: number): void {
  const planar = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: frames }, (_, n) => pattern(bits, n * channels + c) / 2 ** (bits - 1)),
  );
  const writer = new WavWriter(file, { rateHz, bits, channels }, frames);
  writer.write(planar);
  writer.finish();
}

const GRID = PCM_SIZES.flatMap(({ bits }) => [1, 2, 3, 4, 5, 6, 7, 8].map((channels) => [bits, channels] as const));

it.each(GRID)(
  '%d bits, %d channels at 0 dB: the file that comes out is the file that went in, byte for byte',
  async (bits, channels) => {
    const [from, to] = [path(`in-${bits}-${channels}.wav`), path(`out-${bits}-${channels}.wav`)];
    writePattern(from, 48000, bits, channels, 4801);
    await play(from, to);
    expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
  },
);

it.each([8000, 11025, 22050, 44100, 88200, 192000])(
  'at %d Hz no frame is lost or added, in lengths beside every step',
  async (rateHz) => {
    for (const frames of [1, 2, Math.ceil(rateHz / 50) - 1, Math.ceil(rateHz / 20) + 1, rateHz / 25 + 3].map(
      Math.floor,
    )) {
      const [from, to] = [path('length-in.wav'), path('length-out.wav')];
      writePattern(from, rateHz, 16, 2, frames);
      await play(from, to);
      expect(readFileSync(to).equals(readFileSync(from)), `${frames} frames`).toBe(true);
    }
  },
);

it('32-bit samples come out as float32 carries them: 24 significant bits, nearest, ties to even', async () => {
  const values = Array.from({ length: 4000 }, (_, n) => pattern(32, n + 7));
  const wav = new wavefile.WaveFile();
  wav.fromScratch(2, 48000, '32', values);

  writeFileSync(path('full.wav'), wav.toBuffer());
  await play(path('full.wav'), path('full-out.wav'));
  const expected = values.map((value) => Math.min(Math.fround(value), 2 ** 31 - 1));
  expect([...readSteps(path('full-out.wav')).steps]).toEqual(expected);
});

it('float plays as 32-bit PCM', async () => {
  const values = [0, 0.5, -1, 1, 0.25, -(2 ** -20)];
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, 44100, '32f', values);

  writeFileSync(path('float.wav'), wav.toBuffer());
  await play(path('float.wav'), path('float-out.wav'));
  expect(readSteps(path('float-out.wav'))).toEqual({
    rateHz: 44100,
    bits: 32,
    channels: 1,
    steps: Int32Array.of(0, 2 ** 30, -(2 ** 31), 2 ** 31 - 1, 2 ** 29, -(2 ** 11)),
  });
});

it('every output pin of the codec plays stereo to the bit', async () => {
  writePattern(path('pin.wav'), 48000, 24, 2, 2000);
  const pins = outputPins(player);
  expect(pins.length).toBeGreaterThanOrEqual(7); // 7.1, headphone, speaker, S/PDIF
  for (const pin of pins) {
    await play(path('pin.wav'), path('pin-out.wav'), pin);
    expect(readFileSync(path('pin-out.wav')).equals(readFileSync(path('pin.wav'))), `pin ${pin}`).toBe(true);
  }
});

it('a rate that the codec lacks is refused with those that it has', async () => {
  writePattern(path('odd.wav'), 47999, 16, 2, 10);
  await expect(play(path('odd.wav'), path('odd-out.wav'))).rejects.toThrow(/47999 Hz.*44100, 48000/);
});
