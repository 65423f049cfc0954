// What a machine's `codecs` may name (design, createMachine).

import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { builtInCodecs, Codec, type CodecModel, parseCodecDump } from '../../src/codec/index.ts';
import { resolveCodec } from '../../src/machine/codec-source.ts';
import type { CodecSource } from '../../src/machine/options.ts';
import { dumpOf } from '../codec/sample-dump.ts';

const SAMPLE_VENDOR_ID = 0xa2a1ffff;

it.each<[what: string, source: CodecSource, vendorId: number]>([
  ['a built-in name', 'desktop', (builtInCodecs.desktop as CodecModel).vendorId],
  ['a model', parseCodecDump(dumpOf())[0] as CodecModel, SAMPLE_VENDOR_ID],
  ['a dump', { dump: dumpOf() }, SAMPLE_VENDOR_ID],
])('%s is a codec at its place in the list, whatever address it had', async (_what, source, vendorId) => {
  const machine = await createMachine({ codecs: [null, source] });
  expect(machine.codecs.map((codec) => codec?.model.vendorId ?? null)).toEqual([null, vendorId]);
  machine.close();
});

it('a dump gives the state it was taken in: what dump() prints of it is what a codec of its model prints', () => {
  const text = new Codec(builtInCodecs.laptop as CodecModel, { outputRateHz: 48_000 }).dump();
  expect(resolveCodec({ dump: text }, 48_000)?.dump()).toBe(text);
});

it.each<[what: string, source: CodecSource, message: string]>([
  ['an unknown name', 'dekstop', `codec 'dekstop': built in are ${Object.keys(builtInCodecs).join(', ')}`],
  ['a name that every object has', 'constructor', `codec 'constructor': built in are`],
  [
    'a dump of two codecs',
    { dump: `${dumpOf()}\n${dumpOf().replace('Address: 0', 'Address: 3')}` },
    'the dump holds 2 codecs, not one: use parseCodecDump and choose',
  ],
])('%s is a TypeError of one line', async (_what, source, message) => {
  const refused = createMachine({ codecs: [source] });
  await expect(refused).rejects.toThrow(TypeError);
  await expect(refused).rejects.toThrow(message);
});

it('a text that is no dump is refused in one line', async () => {
  for (const dump of ['', 'hello', '\0'.repeat(1000)]) {
    const error = await createMachine({ codecs: [{ dump }] }).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.message).toMatch(/^[^\n]+$/);
  }
});
