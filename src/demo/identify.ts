import type { Azalia } from 'azalia';
import { find, hex } from './make.ts';

const SECONDS = 0.7;
const FADE_SECONDS = 0.01;
const LEVEL = 10 ** (-18 / 20);
/** By place in a line-out association (§5.14): what its two channels are, and the pitch of each. */
const PLACES = [
  { names: ['Front left', 'Front right'], hz: [440, 440] },
  { names: ['Centre', 'LFE'], hz: [554.37, 55] },
  { names: ['Rear left', 'Rear right'], hz: [659.26, 659.26] },
  { names: ['Side left', 'Side right'], hz: [880, 880] },
] as const;

/** Each channel of the line-out alone, one after the other, in streams of all its channels; says which one it is. */
export async function identify(azalia: Azalia, listen: (pin: number) => void): Promise<void> {
  const progress = find('#file-progress');
  const pins = azalia.outputs[0]?.pins.slice(0, PLACES.length) ?? [];
  const { context } = azalia;
  const { sampleRate } = context;
  const channels = 2 * pins.length;
  await context.resume();
  for (const [place, { nid, device, location, color }] of pins.entries()) {
    listen(nid);
    const { names, hz } = PLACES[place] as (typeof PLACES)[number];
    for (const side of [0, 1]) {
      progress.textContent = `${names[side]}: pin ${hex(nid, 2)}h, ${device}, ${location}, ${color}`;
      const { writable } = await azalia.openRender({ sampleRate, bits: 16, channels });
      const writer = writable.getWriter();
      const burst = burstOf(hz[side] as number, sampleRate);
      const silence = new Float32Array(burst.length);
      await writer.write(
        Array.from({ length: channels }, (_, channel) => (channel === 2 * place + side ? burst : silence)),
      );
      await writer.close();
    }
  }
  progress.textContent = '';
}

function burstOf(frequencyHz: number, rateHz: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(SECONDS * rateHz) }, (_, frame) => {
    const fade = Math.min(1, frame / rateHz / FADE_SECONDS, SECONDS / FADE_SECONDS - frame / rateHz / FADE_SECONDS);
    return LEVEL * Math.max(0, fade) * Math.sin((2 * Math.PI * frequencyHz * frame) / rateHz);
  });
}
