// From what the embedder names to a codec on the link.

import { builtInCodecs, Codec, type CodecModel, parseCodecDump } from '../codec/index.ts';
import type { CodecSource } from './options.ts';

/** TypeError for a name that is not built in and for a dump that does not hold exactly one codec. */
export function resolveCodec(source: CodecSource, outputRateHz: number | 'stream'): Codec | null {
  if (source === null) return null;
  return new Codec(modelOf(source), { outputRateHz });
}

function modelOf(source: string | CodecModel | { dump: string }): CodecModel {
  if (typeof source === 'string') {
    const model = Object.hasOwn(builtInCodecs, source) ? builtInCodecs[source] : undefined;
    if (!model) throw new TypeError(`codec '${source}': built in are ${Object.keys(builtInCodecs).join(', ')}`);
    return model;
  }
  if (!('dump' in source)) return source;
  const models = parseCodecDump(source.dump);
  const [model] = models;
  if (!model || models.length > 1) {
    throw new TypeError(`the dump holds ${models.length} codecs, not one: use parseCodecDump and choose`);
  }
  return model;
}
