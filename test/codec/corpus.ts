// The 897 dumps of real codecs that lie beside the repository. AZALIA_SHARED names another place.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CodecModel, parseCodecDump, type WidgetModel } from '../../src/codec/index.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(resolve(repository, process.env.AZALIA_SHARED ?? '../shared'), 'codec-dumps');

export const hasCorpus = existsSync(folder);

/** Header only: no function group named (HOPELESS.md). */
export const HOPELESS: readonly string[] = [
  'alc268-acer-extensa-5210-1025_0130.1.txt',
  'modem-lenovo-tp-t60.0.txt',
  'stac9200-dell-latitude-d520.1.txt',
  'uknown-modem-hp.0.txt',
];

export function dumpNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
}

export function readDump(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** The codec of every dump that names one; none where there is no corpus. */
export function loadCorpus(): [name: string, model: CodecModel][] {
  const names = hasCorpus ? dumpNames().filter((name) => !HOPELESS.includes(name)) : [];
  return names.map((name) => [name, parseCodecDump(readDump(name))[0] as CodecModel]);
}

export const widgetsOf = (model: CodecModel): WidgetModel[] => model.functionGroups.flatMap(({ widgets }) => widgets);

/** Own amp capabilities, else the group's default. */
export function ampCaps(model: CodecModel, widget: WidgetModel, output: boolean): number {
  const group = model.functionGroups.find(({ widgets }) => widgets.includes(widget));
  return (output ? widget.outputAmpCaps || group?.outputAmpCaps : widget.inputAmpCaps || group?.inputAmpCaps) ?? 0;
}

/** Says once why the corpus tests of a file are skipped. */
export function corpusNote(): void {
  if (!hasCorpus) process.stdout.write(`codec corpus: no ${folder} (AZALIA_SHARED); its tests are skipped\n`);
}
