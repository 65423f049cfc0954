import { builtInCodecs } from '../entries/codec.ts';
import { type Command, UsageError } from './command.ts';

export const codec: Command = {
  name: 'codec',
  usage: 'list',
  summary: 'list: the codecs that are built in',
  words: ['list'],
  options: {},
  async run(words) {
    const action = words.word('list');
    if (action !== 'list') throw new UsageError(`«${action}»: must be list`);
    for (const [name, { vendorId, name: title }] of Object.entries(builtInCodecs)) {
      const id = vendorId.toString(16).padStart(8, '0');
      process.stdout.write(`${name.padEnd(10)} ${id.slice(0, 4)}:${id.slice(4)}  ${title}\n`);
    }
  },
};
