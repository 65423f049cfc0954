import { createMachine } from '../entries/machine.ts';
import { CODEC_OPTION, chosenCodecs } from './codecs.ts';
import type { Command } from './command.ts';

export const kd: Command = {
  name: 'kd',
  usage: "'!COMMAND [arguments]' [--codec NAME|FILE]",
  summary: "debugger views of the booted machine: '!devnode 0 1', '!devstack', '!drvobj NAME 2', '!hdaudio', lm, …",
  words: ['COMMAND', 'ARGUMENT…'],
  options: { codec: CODEC_OPTION },
  async run(words) {
    const machine = await createMachine({ codecs: [...chosenCodecs(words).places] });
    machine.windows.boot();
    process.stdout.write(`${machine.windows.kd(words.rest('COMMAND').join(' ')).join('\n')}\n`);
    machine.close();
  },
};
