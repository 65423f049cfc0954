// Entry `azalia/codec`: codecs as data, from text dumps and built in.

export {
  builtInCodecs,
  CodecDumpError,
  type CodecModel,
  type FunctionGroupModel,
  formatCodecDump,
  type GpioModel,
  learnCodec,
  parseCodecDump,
  type WidgetModel,
} from '../codec/index.ts';
