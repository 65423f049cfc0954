import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import type { SampleBits } from '../../src/hda/pcm.ts';
import { createPlayer, type Player } from '../../src/node/render.ts';
import { type ToneJob, toneToWav } from '../../src/node/render-wav.ts';
import { readChannels, temporaryFolder } from './support.ts';

const path = temporaryFolder();
const RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000];

interface Row {
  rateHz: number;
  bits: SampleBits;
  channels: number;
  frequencyHz: number;
  levelDbfs: number;
}

let player: Player;
beforeAll(async () => {
  player = await createPlayer('desktop');
});

async function play(row: Row, more: Partial<ToneJob> & { pin?: number } = {}): Promise<Float32Array[]> {
  const { pin, ...tone } = more;
  const out = path('tone.wav');
  await toneToWav(player, { wave: 'sine', frames: row.rateHz, dither: false, ...row, ...tone }, { out, pin });
  return readChannels(out);
}

/** Frames exact, frequency within 0.01 Hz, level within 0.01 dB + 20·log10(1 + 0.5/A), in every channel. */
async function holds(row: Row): Promise<void> {
  const channels = await play(row);
  expect(channels.length).toBe(row.channels);
  const peakSteps = 2 ** (row.bits - 1) * 10 ** (row.levelDbfs / 20);
  for (const samples of channels) {
    expect(samples.length).toBe(row.rateHz);
    const tone = measureTone(samples, row.rateHz);
    expect(Math.abs((tone?.frequencyHz ?? 0) - row.frequencyHz), JSON.stringify(row)).toBeLessThan(0.01);
    expect(Math.abs((tone?.levelDbfs ?? 0) - row.levelDbfs)).toBeLessThan(0.01 + 20 * Math.log10(1 + 0.5 / peakSteps));
  }
}

/** 32 bits at 176.4 and 192 kHz: 6 channels fill a link frame. */
const mostChannels = (rateHz: number, bits: number) => (bits === 32 && rateHz >= 176400 ? 6 : 8);

describe('a tone at the pin has its frequency and its level', () => {
  const corners = [8000, 192000].flatMap((rateHz) =>
    ([16, 32] as const).flatMap((bits) =>
      [1, mostChannels(rateHz, bits)].flatMap((channels) =>
        [20, Math.min(20000, rateHz / 2 - 20)].flatMap((frequencyHz) =>
          [0, -90].map((levelDbfs) => ({ rateHz, bits, channels, frequencyHz, levelDbfs })),
        ),
      ),
    ),
  );
  it.each(corners)('$frequencyHz Hz, $levelDbfs dBFS, $rateHz Hz, $bits bits, $channels channels', holds);

  // Evenly drawn: at three levels, within a hertz of a simple fraction of the rate, a wave of one second has the same
  // few samples over and over, and two frequencies 0.01 Hz apart round to the same ones.
  it.each(RATES)('at %d Hz, over sizes, channels, frequencies and levels drawn by a seed', async (rateHz) => {
    const row = fc.record({
      rateHz: fc.constant(rateHz),
      bits: fc.constantFrom<SampleBits>(16, 20, 24, 32),
      channels: fc.integer({ min: 1, max: 8 }),
      frequencyHz: fc
        .noBias(fc.integer({ min: 2000, max: Math.min(2_000_000, rateHz * 50 - 2000) }))
        .map((hz) => hz / 100),
      levelDbfs: fc.noBias(fc.integer({ min: -900, max: 0 })).map((level) => level / 10),
    });
    const rows = fc.sample(row, { seed: rateHz, numRuns: 6 });
    for (const drawn of rows)
      await holds({ ...drawn, channels: Math.min(drawn.channels, mostChannels(rateHz, drawn.bits)) });
  });
});

it.each([
  [16, -96],
  [24, -135],
] as const)('THD+N of a −1 dBFS 997 Hz tone at 48 kHz, %d bits, is below %d dB', async (bits, limit) => {
  const [left] = await play({ rateHz: 48000, bits, channels: 2, frequencyHz: 997, levelDbfs: -1 }, { frames: 96000 });
  expect(measureTone(left as Float32Array, 48000)?.thdPlusNoiseDb).toBeLessThan(limit);
});

it.each([20, 440, 997, 12345.67, 20000])(
  'with TPDF dither %d Hz at −90 dBFS, 16 bits, is within 0.1 dB over 2 s',
  async (hz) => {
    const row: Row = { rateHz: 48000, bits: 16, channels: 2, frequencyHz: hz, levelDbfs: -90 };
    for (const samples of await play(row, { frames: 96000, dither: true })) {
      const tone = measureTone(samples, 48000);
      expect(Math.abs((tone?.levelDbfs ?? 0) + 90)).toBeLessThan(0.1);
      expect(Math.abs((tone?.frequencyHz ?? 0) - hz)).toBeLessThan(0.01);
    }
  },
);

it.each([176400, 192000])(
  '8 channels of 32 bits at %d Hz do not fit the link: the DDI says STATUS_BUFFER_TOO_SMALL',
  async (rateHz) => {
    await expect(play({ rateHz, bits: 32, channels: 8, frequencyHz: 440, levelDbfs: 0 })).rejects.toThrow(
      /STATUS_BUFFER_TOO_SMALL/,
    );
  },
);

it('a stream that the DDI refuses leaves no file', async () => {
  const out = path('refused.wav');
  const tone = {
    wave: 'sine',
    frequencyHz: 440,
    levelDbfs: 0,
    rateHz: 12345,
    bits: 16,
    channels: 2,
    frames: 9,
    dither: false,
  } as const;
  await expect(toneToWav(player, tone, { out })).rejects.toThrow(/12345 Hz: .*44100/);
  expect(existsSync(out)).toBe(false);
});

it('a file that cannot be written leaves the device ready for the next', async () => {
  const row: Row = { rateHz: 48000, bits: 16, channels: 2, frequencyHz: 440, levelDbfs: -12 };
  const tone = { wave: 'sine', frames: 48000, dither: false, ...row } as const;
  await expect(toneToWav(player, tone, { out: path('no/folder.wav') })).rejects.toThrow(/no such file or directory/);
  expect((await play(row))[0]?.length).toBe(48000);
});

it('an aborted stream leaves no file and the device ready for the next', async () => {
  const row: Row = { rateHz: 48000, bits: 16, channels: 2, frequencyHz: 440, levelDbfs: -12 };
  const abort = new AbortController();
  const out = path('aborted.wav');
  const running = toneToWav(
    player,
    { wave: 'sine', frames: 48000 * 600, dither: false, ...row },
    { out, abort: abort.signal, progress: () => abort.abort() },
  );
  await expect(running).rejects.toThrow(/abort/i);
  expect(existsSync(out)).toBe(false);
  expect((await play(row))[0]?.length).toBe(48000);
});

it.each([
  // rate, size, channels, frames of half a 20 ms buffer: a whole number of 128 bytes
  [48000, 16, 4, 480],
  [44100, 16, 2, 448],
  [8000, 8, 1, 128],
  [192000, 24, 2, 1920],
] as const)(
  '%d Hz, %d bits, %d channels: interrupts and descriptors are those of the frames, no more',
  async (rateHz, bits, channels, half) => {
    for (const frames of [rateHz, 7 * half - 8, 7 * half + half / 2]) {
      const report = await toneToWav(
        player,
        { wave: 'sine', frequencyHz: 440, levelDbfs: -12, rateHz, bits, channels, frames, dither: false },
        { out: path('report.wav') },
      );
      expect(report.frames).toBe(frames);
      expect(report.interrupts, `${frames} frames`).toBe(Math.floor(frames / half));
      expect(report.descriptors, `${frames} frames`).toBe(Math.ceil(frames / half));
      expect(report.channels.map(({ pin }) => pin)).toEqual(
        Array.from({ length: channels }, (_, channel) => player.audio.outputs[0]?.pins[channel >> 1]),
      );
      for (const { tone } of report.channels) expect(tone?.levelDbfs).toBeCloseTo(-12, 1);
    }
  },
);
