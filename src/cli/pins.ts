import { InputError } from '../node/errors.ts';
import { readPins, writePin } from '../node/pin-configuration.ts';
import { changePinFields, describePin, pinFields } from '../node/pin-words.ts';
import { createPlayer } from '../node/render.ts';
import { openVerbPort, type VerbPort } from '../node/verb-ioctl.ts';
import { CODEC_OPTION, chosenCodecs } from './codecs.ts';
import { type Command, UsageError, type Words } from './command.ts';
import { pinName } from './pin-option.ts';

export const pins: Command = {
  name: 'pins',
  usage: '[NID [key=value …]] [--codec NAME|FILE]',
  summary:
    "reads and sets pins' configuration through the verb IOCTL: 0x14 device=speaker color=black sequence=1; a setting lives as long as the machine",
  words: ['NID?', 'key=value…'],
  options: { codec: CODEC_OPTION },
  async run(words) {
    const player = await createPlayer(...chosenCodecs(words).places);
    const port = openVerbPort(player);
    try {
      process.stdout.write(`${report(words, port).join('\n')}\n`);
    } finally {
      port.close();
    }
  },
};

function report(words: Words, port: VerbPort): string[] {
  const found = readPins(port);
  const text = words.optional('NID');
  if (text === undefined) return [...found].map(([nid, value]) => row(nid, value));
  const nid = /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  const value = found.get(nid);
  if (value === undefined)
    throw new UsageError(`NID ${text}: no pin; there are ${[...found.keys()].map(pinName).join(', ')}`);
  const settings = words.rest('key=value');
  if (settings.length === 0) return [row(nid, value), `      ${pinFields(value).join(' ')}`];
  let wanted: number;
  try {
    wanted = changePinFields(value, settings);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const after = writePin(port, nid, wanted);
  if (after !== wanted)
    throw new InputError(`pin ${pinName(nid)}`, `holds 0x${hex(after)} after 0x${hex(wanted)} was set`);
  return [`was   ${row(nid, value)}`, `is    ${row(nid, after)}`];
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
const row = (nid: number, value: number): string => `${pinName(nid)}  ${hex(value)}  ${describePin(value)}`;
