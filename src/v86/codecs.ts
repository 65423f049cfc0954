import { parseCodecDump } from '../entries/codec.ts';
import type { CodecSource } from '../entries/machine.ts';

/** A list of codecs by SDI address, as createMachine takes it. */
export function codecsByAddress(codec: CodecSource | readonly CodecSource[]): CodecSource[] {
  if (Array.isArray(codec)) return [...codec];
  const source = codec as CodecSource;
  if (source === null || typeof source === 'string' || !('dump' in source)) return [source];
  const places: CodecSource[] = [];
  for (const model of parseCodecDump(source.dump)) {
    if (places[model.address]) break; // the first card's codecs only
    while (places.length <= model.address) places.push(null);
    places[model.address] = model;
  }
  return places;
}
