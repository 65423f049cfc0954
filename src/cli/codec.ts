import { writeFileSync } from 'node:fs';
import { builtInCodecs, type CodecModel, formatCodecDump } from '../entries/codec.ts';
import { drawCodecGraph } from '../graph/graph.ts';
import { onFile } from '../node/errors.ts';
import { learnOverLink } from '../node/learn.ts';
import { findCodecs } from './codecs.ts';
import { type Command, UsageError, type Words } from './command.ts';
import { formatRoutes } from './routes.ts';

const AUDIO = 1; // type of a function group (§5.3)

const ACTIONS: Readonly<Record<string, (words: Words) => Promise<string>>> = {
  list: async () => listOfCodecs(),
  show: async (words) => {
    const learned: string[] = [];
    for (const model of codecsOf(words).models) learned.push(formatCodecDump(await learnOverLink(model)));
    return learned.join('\n');
  },
  graph: async (words) => {
    const { models, name } = codecsOf(words);
    const model =
      models.find(({ functionGroups }) => functionGroups.some(({ type }) => (type & 0xff) === AUDIO)) ?? models[0];
    const drawing = drawCodecGraph(model as CodecModel);
    const out = words.text('out');
    if (out === undefined) return drawing;
    onFile(out, () => writeFileSync(out, drawing));
    return `${out} shows ${name}\n`;
  },
  routes: async (words) => codecsOf(words).models.map(formatRoutes).join('\n'),
};

export const codec: Command = {
  name: 'codec',
  usage: 'list | (show | graph | routes) NAME|FILE [--out F.svg]',
  summary:
    "list: the built-in codecs; show: what a driver learns of a codec over CORB and RIRB, as ALSA prints it; graph: its widgets drawn; routes: each pin's ways and what to set",
  words: ['ACTION', 'NAME|FILE?'],
  options: { out: { value: 'F.svg', help: 'graph: the file to write (default: standard output)' } },
  async run(words) {
    const name = words.word('ACTION');
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action) throw new UsageError(`«${name}»: must be one of ${Object.keys(ACTIONS).join(', ')}`);
    process.stdout.write(await action(words));
  },
};

function codecsOf(words: Words) {
  const subject = words.optional('NAME|FILE');
  if (subject === undefined) throw new UsageError('NAME|FILE is missing');
  return findCodecs(subject);
}

function listOfCodecs(): string {
  return Object.entries(builtInCodecs)
    .map(([name, { vendorId, name: title }]) => {
      const id = vendorId.toString(16).padStart(8, '0');
      return `${name.padEnd(10)} ${id.slice(0, 4)}:${id.slice(4)}  ${title}\n`;
    })
    .join('');
}
