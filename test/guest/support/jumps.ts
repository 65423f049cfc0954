/**
 * Frames where a sine of this amplitude and frequency bends more than a sine does, 2 % of its pitch and `slack` allowed: a
 * gap, a frame too many or one too few.
 */
export function jumps(sound: Float32Array, amplitude: number, hz: number, rateHz: number, slack = 0): number[] {
  const most = 1.05 * amplitude * ((2 * Math.PI * hz) / rateHz) ** 2 + slack;
  const found: number[] = [];
  for (let i = 1; i + 1 < sound.length; i++) {
    const [before, at, after] = [sound[i - 1] as number, sound[i] as number, sound[i + 1] as number];
    if (Math.abs(after - 2 * at + before) > most) found.push(i);
  }
  return found;
}
