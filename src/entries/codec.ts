// Entry `azalia/codec`: codecs as data, from text dumps and built in.

export {
  builtInCodecs,
  CodecDumpError,
  type CodecModel,
  expandConnections,
  type FunctionGroupModel,
  firstCard,
  formatCodecDump,
  type GpioModel,
  learnCodec,
  type PinWays,
  parseCodecDump,
  type Step,
  type Way,
  type WidgetModel,
  waysOf,
  wired,
} from '../codec/index.ts';
