// What other rooms take from this one.

export { BEEP_LEVEL, fillBeep } from './beep.ts';
export { builtInCodecs } from './built-in.ts';
export { firstCard } from './card.ts';
export { Codec, type CodecOptions } from './codec.ts';
export { expandConnections } from './connection-list.ts';
export { CodecDumpError } from './dump/dump-error.ts';
export { formatCodecDump } from './dump/format.ts';
export { parseCodecDump } from './dump/parse.ts';
export { learnCodec, type Send } from './learn.ts';
export {
  CONNECTION_RANGE,
  type CodecModel,
  type FunctionGroupModel,
  type GpioModel,
  type WidgetModel,
} from './model.ts';
export { type PinWays, type Step, type Way, waysOf, wired } from './ways.ts';
