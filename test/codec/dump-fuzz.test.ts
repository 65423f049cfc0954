// Mutated dumps: a codec or one clear error each, in bounded time. AZALIA_SWEEP=1 makes it 100,000.

import { expect, it } from 'vitest';
import {
  builtInCodecs,
  Codec,
  CodecDumpError,
  type CodecModel,
  formatCodecDump,
  parseCodecDump,
} from '../../src/codec/index.ts';
import { dumpNames, hasCorpus, readDump } from './corpus.ts';
import { dumpOf } from './sample-dump.ts';
import { seeded } from './seeded.ts';

const COUNT = process.env.AZALIA_SWEEP === '1' ? 100_000 : 5_000;
const SEED = 20_040_415;

const NUMBERS = ['0x0', '0xff', '0xffffffff', '0x100000000', '-1', '127', '128', '99999999999999999999', '0xg', ''];
const PIECES = [
  'Codec: again\n',
  'Node 0x05 [Audio Mixer] wcaps 0x2001ff: Stereo\n',
  '  Connection: 127\n',
  '--endcollapse--\n',
  '\r',
  '\u0000',
  '\ufffd',
  '!!',
  '[',
  '0x',
];

type Random = (below: number) => number;
type Mutation = (text: string, random: Random) => string;

const atLine = (text: string, random: Random, edit: (lines: string[], at: number) => void): string => {
  const lines = text.split('\n');
  edit(lines, random(lines.length));
  return lines.join('\n');
};
const MUTATIONS: readonly Mutation[] = [
  (text, random) => text.slice(0, random(text.length)),
  (text, random) => text.slice(random(text.length)),
  (text, random) => atLine(text, random, (lines, at) => lines.splice(at, 1 + random(4))),
  (text, random) => atLine(text, random, (lines, at) => lines.splice(at, 0, lines[random(lines.length)] as string)),
  (text, random) => atLine(text, random, (lines, at) => lines.splice(at, 2, ...lines.slice(at, at + 2).reverse())),
  (text, random) =>
    atLine(text, random, (lines, at) => {
      lines[at] = (lines[at] as string).repeat(1 + random(50));
    }),
  (text, random) => {
    const numbers = [...text.matchAll(/0x[0-9a-f]+|\d+/g)];
    const found = numbers[random(numbers.length)];
    if (!found) return text;
    return text.slice(0, found.index) + NUMBERS[random(NUMBERS.length)] + text.slice(found.index + found[0].length);
  },
  (text, random) => {
    const at = random(text.length);
    return text.slice(0, at) + PIECES[random(PIECES.length)] + text.slice(at);
  },
  (text, random) => {
    const at = random(text.length);
    return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
  },
];

function baseTexts(): string[] {
  const builtIns = Object.values(builtInCodecs).map(formatCodecDump);
  const few = hasCorpus
    ? dumpNames()
        .filter((_, index) => index % 90 === 0)
        .map(readDump)
    : [];
  return [dumpOf(), dumpOf(), dumpOf(), ...builtIns, ...few];
}

it(`HOSTILE-H45: ${COUNT} mutated dumps: each a codec that answers and compiles, or an error of one line`, {
  timeout: 3_600_000,
}, () => {
  const next = seeded(SEED);
  const random: Random = (below) => (below > 0 ? next() % below : 0);
  const texts = baseTexts();
  let codecs = 0;
  let refused = 0;
  let slowest = 0;
  for (let run = 0; run < COUNT; run++) {
    let text = texts[random(texts.length)] as string;
    for (let times = 1 + random(4); times > 0; times--)
      text = (MUTATIONS[random(MUTATIONS.length)] as Mutation)(text, random);
    const before = performance.now();
    let models: CodecModel[] = [];
    try {
      models = parseCodecDump(text);
      codecs++;
    } catch (error) {
      if (!(error instanceof CodecDumpError) || /[\n\r]/.test(error.message)) throw error;
      refused++;
    }
    for (const model of models) {
      const codec = new Codec(model, { outputRateHz: 'stream' });
      codec.linkReset();
      codec.routes();
      for (const nid of codec.nodes.keys()) codec.command((nid << 20) | 0x3f0ff);
      codec.dump();
    }
    slowest = Math.max(slowest, performance.now() - before);
  }
  process.stdout.write(
    `dump fuzz: ${COUNT} dumps, ${codecs} loaded, ${refused} refused, slowest ${slowest.toFixed(0)} ms\n`,
  );
  expect(codecs).toBeGreaterThan(COUNT / 20);
  expect(refused).toBeGreaterThan(COUNT / 20);
  expect(slowest).toBeLessThan(2000);
});
