import { InputError } from '../node/errors.ts';
import { createPlayer } from '../node/render.ts';
import { traced } from '../node/trace.ts';
import { openVerbPort } from '../node/verb-ioctl.ts';
import { verbCommand, verbId, verbNames, verbPayload } from '../node/verb-names.ts';
import { CODEC_OPTION, chosenCodecs } from './codecs.ts';
import { type Command, TRACE_OPTION, UsageError, type Words } from './command.ts';

export const verb: Command = {
  name: 'verb',
  usage: 'NID VERB PARAMETER [options]',
  summary: 'sends a verb through the verb IOCTL and prints the response; numbers or names: 0 GET_PARAMETER VENDOR_ID',
  words: ['NID', 'VERB', 'PARAMETER'],
  options: { codec: CODEC_OPTION, trace: TRACE_OPTION },
  async run(words) {
    const command = commandOf(words);
    const player = await createPlayer(...chosenCodecs(words).places);
    const response = await traced(player.machine, words.text('trace'), async () => {
      const port = openVerbPort(player);
      try {
        return port.send(command);
      } finally {
        port.close();
      }
    });
    if (response === null) {
      throw new InputError(
        `verb ${words.word('NID')} ${words.word('VERB')} ${words.word('PARAMETER')}`,
        'no valid response; the IOCTL passes Get verbs, and Set verbs of pin configuration only',
      );
    }
    process.stdout.write(`0x${response.toString(16).padStart(8, '0')}\n`);
  },
};

function commandOf(words: Words): number {
  const checked = (name: string, value: number | undefined, most: number, rule: string): number => {
    if (value === undefined || value > most) throw new UsageError(`${name} ${words.word(name)}: ${rule}`);
    return value;
  };
  const nid = checked('NID', numberOf(words.word('NID')), 0x7f, 'must be 0 to 0x7f');
  const named = () => `must be 0 to 0xf, 0x200 to 0xfff, or one of ${verbNames().join(', ')}`;
  const id = checked('VERB', verbId(words.word('VERB')), 0xfff, named());
  const most = id <= 0xf ? 0xffff : 0xff;
  const payload = checked(
    'PARAMETER',
    verbPayload(words.word('PARAMETER')),
    most,
    `must be 0 to 0x${most.toString(16)}`,
  );
  return verbCommand(nid, id, payload);
}

const numberOf = (text: string): number | undefined => (/^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : undefined);
