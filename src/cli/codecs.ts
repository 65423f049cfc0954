import { builtInCodecs } from '../entries/codec.ts';
import { UsageError, type Words } from './command.ts';

export const CODEC_OPTION = { value: 'NAME', help: 'a codec that `azalia codec list` names', fallback: 'desktop' };

/** The name after --codec, checked. */
export function codecName(words: Words): string {
  const name = words.required('codec');
  if (Object.hasOwn(builtInCodecs, name)) return name;
  throw new UsageError(`--codec ${name}: unknown; there is ${Object.keys(builtInCodecs).join(', ')}`);
}
