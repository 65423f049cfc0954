import { RefusalError } from '../node/errors.ts';
import { openStream, outputPins, type PcmFormat, type Player } from '../node/render.ts';
import { UsageError, type Words } from './command.ts';

export const PIN_OPTION = { value: 'NID', help: 'an output pin, as 0x14 (default: the line-out pins in order)' };

export const pinName = (nid: number): string => `0x${nid.toString(16).padStart(2, '0')}`;

const list = (pins: readonly number[]): string => pins.map(pinName).join(', ');

/**
 * The node id after --pin, checked against the codec's output pins and against what each of them can carry; undefined
 * without the option. What no pin can carry is left to the DDI to refuse.
 */
export function chosenPin(words: Words, player: Player, format: PcmFormat): number | undefined {
  const text = words.text('pin');
  if (text === undefined) return undefined;
  const pin = /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  const pins = outputPins(player);
  if (!pins.includes(pin))
    throw new UsageError(`--pin ${text}: not an output pin of this codec; there are ${list(pins)}`);
  if (carries(player, format, pin)) return pin;
  const others = pins.filter((other) => carries(player, format, other));
  if (others.length > 0) throw new UsageError(`--pin ${text} cannot take this stream; ${list(others)} can`);
  if (carries(player, format)) {
    throw new UsageError(
      `--pin ${text} cannot take ${format.channels} channels; the line-out pins together can: leave --pin out`,
    );
  }
  return pin;
}

function carries(player: Player, format: PcmFormat, pin?: number): boolean {
  try {
    openStream(player, format, pin).close();
    return true;
  } catch (error) {
    if (error instanceof RefusalError) return false;
    throw error;
  }
}
