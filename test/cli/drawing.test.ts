import { expect, it } from 'vitest';
import { drawSpectrum, drawWave } from '../../src/cli/drawing.ts';

const sine = (hz: number, frames = 4800) =>
  Float32Array.from({ length: frames }, (_, n) => 0.25 * Math.sin((2 * Math.PI * hz * n) / 48000));

/** Heights of the curve, in dots from the top, one for each dot column. */
function heights(lines: readonly string[]): number[] {
  const cells = lines.slice(0, -1).map((line) => [...line].slice(11));
  return Array.from({ length: 112 }, (_, x) => {
    const bits = x & 1 ? [0x08, 0x10, 0x20, 0x80] : [0x01, 0x02, 0x04, 0x40];
    const dots = Array.from(
      { length: 28 },
      (_, y) => ((cells[y >> 2]?.[x >> 1] ?? '').codePointAt(0) ?? 0) & (bits[y & 3] ?? 0),
    );
    const on = dots.flatMap((dot, y) => (dot ? [y] : []));
    return on.length === 0 ? Number.NaN : on.reduce((a, b) => a + b, 0) / on.length;
  });
}

it.each([440, 20, 19999])('a wave of %d Hz is drawn as three periods of a sine, every column has its dot', (hz) => {
  const drawn = heights(drawWave(sine(hz, 48000), 48000, hz));
  for (const [x, y] of drawn.entries()) {
    const expected = 13.5 * (1 - Math.sin((2 * Math.PI * 3 * x) / 112));
    expect(Math.abs(y - expected), `column ${x}`).toBeLessThan(hz > 10000 ? 3 : 2);
  }
});

it('a spectrum stands highest where the tone is, on a logarithmic axis from 20 Hz', () => {
  const amplitudes = new Float64Array(24001).fill(1e-7);
  amplitudes[1000] = 1;
  const lines = drawSpectrum(amplitudes, 1);
  const top = [...(lines[0] ?? '')].slice(11);
  const column = Math.floor((56 * Math.log(1000 / 20)) / Math.log(24000 / 20));
  expect(top.map((cell, x) => (cell === ' ' ? -1 : x)).filter((x) => x >= 0)).toEqual([column]);
  expect(top[column]).toBe('█');
});

it('no line of a drawing is wider than 72 columns, and silence draws too', () => {
  for (const lines of [
    drawWave(sine(440), 48000, 440),
    drawWave(sine(440, 16), 48000, 440),
    drawSpectrum(new Float64Array(4097), 5.9),
    drawSpectrum(new Float64Array(9), 500),
  ]) {
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(72);
  }
});
