import { firstCard, parseCodecDump } from '../entries/codec.ts';
import type { CodecSource } from '../entries/machine.ts';

/** A list of codecs by SDI address, as createMachine takes it. */
export function codecsByAddress(codec: CodecSource | readonly CodecSource[]): CodecSource[] {
  if (Array.isArray(codec)) return [...codec];
  const source = codec as CodecSource;
  if (source === null || typeof source === 'string' || !('dump' in source)) return [source];
  return firstCard(parseCodecDump(source.dump));
}
