import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { builtInCodecs, CodecDumpError, type CodecModel, firstCard, parseCodecDump } from '../entries/codec.ts';
import { InputError, onFile } from '../node/errors.ts';
import { UsageError, type Words } from './command.ts';

export const CODEC_OPTION = {
  value: 'NAME|FILE',
  help: 'a built-in codec (`azalia codec list`), or the ALSA dump of a real one',
  fallback: 'desktop',
};

export interface ChosenCodecs {
  /** As a report names it. */
  readonly name: string;
  /** All of the file, in its order. */
  readonly models: readonly CodecModel[];
  /** By SDI address, as createMachine takes them: the first card's. */
  readonly places: readonly (CodecModel | null)[];
}

/** Those after --codec. */
export const chosenCodecs = (words: Words): ChosenCodecs => findCodecs(words.required('codec'), '--codec ');

/** A built-in name, else a file. Errors: InputError with file, line and reason; UsageError for what is neither. */
export function findCodecs(nameOrFile: string, subject = ''): ChosenCodecs {
  if (Object.hasOwn(builtInCodecs, nameOrFile)) {
    const models = [builtInCodecs[nameOrFile] as CodecModel];
    return { name: nameOrFile, models, places: models };
  }
  if (/^[\w-]+$/.test(nameOrFile) && !isFile(nameOrFile)) {
    const names = Object.keys(builtInCodecs).join(', ');
    throw new UsageError(`${subject}${nameOrFile}: unknown; there is ${names}, or the file of a dump`);
  }
  const text = onFile(nameOrFile, () => readFileSync(nameOrFile, 'utf8'));
  try {
    const models = parseCodecDump(text);
    return { name: basename(nameOrFile), models, places: firstCard(models) };
  } catch (error) {
    if (error instanceof CodecDumpError) throw new InputError(nameOrFile, error.message);
    throw error;
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
