// Every verb with every payload at every node (hostile-inputs H23), by direct call. `npm test` takes a seeded tenth of
// one codec of each vendor; AZALIA_SWEEP=1 takes all of twenty codecs.

import { describe, expect, it } from 'vitest';
import { builtInCodecs, Codec, type CodecModel, parseCodecDump } from '../../src/codec/index.ts';
import { VERBS } from '../../src/codec/verbs/table.ts';
import { VERB_FUNCTION_RESET, VERB_GET_PIN_SENSE } from '../../src/hda/verbs.ts';
import { corpusNote, dumpNames, HOPELESS, hasCorpus, readDump } from './corpus.ts';
import { seeded } from './seeded.ts';

const WHOLE = process.env.AZALIA_SWEEP === '1';
const CODECS = 20;
/** Nodes that no codec of the corpus has, and that a long NID would be. */
const ABSENT = [0x7e, 0x80, 0xff];
const REVIVE_EVERY = 4096;

corpusNote();

/** The dump with the most nodes of each vendor; for the whole sweep the largest of the rest beside them. */
function chosenModels(): Map<string, CodecModel> {
  const sizeOf = (model: CodecModel) => model.functionGroups.reduce((sum, group) => sum + group.widgets.length, 0);
  const models = dumpNames()
    .filter((name) => !HOPELESS.includes(name))
    .map((name): [string, CodecModel] => [name, parseCodecDump(readDump(name))[0] as CodecModel])
    .sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
  const vendorOf = ([, model]: [string, CodecModel]) => model.vendorId >>> 16;
  const firsts = models.filter(
    (entry, index) => models.findIndex((other) => vendorOf(other) === vendorOf(entry)) === index,
  );
  const others = models.filter((entry) => !firsts.includes(entry));
  return new Map(WHOLE ? [...firsts, ...others].slice(0, CODECS) : firsts);
}

/** Sends every command word of a node, or a seeded tenth; returns how many. */
function sweepNode(codec: Codec, nid: number, random: (() => number) | null): number {
  const known = codec.nodes.has(nid);
  let sent = 0;
  for (let low = 0; low < 0x100000; low++) {
    if (random && random() % 10 !== 0) continue;
    const response = codec.command((nid << 20) | low);
    // In D3cold there is none.
    if (response !== null && response !== response >>> 0)
      throw new Error(`${nid.toString(16)}h ${low.toString(16)}h answered ${response}`);
    const id = (low & 0x70000) === 0x70000 ? low >>> 8 : low >>> 16;
    if (response && (!known || !VERBS.has(id))) throw new Error(`${low.toString(16)}h answered ${response}`);
    if (++sent % REVIVE_EVERY !== 0) continue;
    // A sweep also sends D3cold, out of which only a double reset leads.
    codec.routes();
    for (const group of codec.model.functionGroups) {
      for (let reset = 0; reset < 2; reset++) codec.command((group.nid << 20) | (VERB_FUNCTION_RESET << 8));
    }
  }
  return sent;
}

function sweep(model: CodecModel, random: (() => number) | null): number {
  const codec = new Codec(model, { outputRateHz: 'stream' });
  codec.attach({ unsolicited() {}, wake() {}, routesChanged() {}, gainsChanged() {} });
  let sent = 0;
  for (const nid of [...codec.nodes.keys(), ...ABSENT]) sent += sweepNode(codec, nid, random);
  codec.linkReset();
  codec.routes();
  expect(parseCodecDump(codec.dump())).toHaveLength(1);
  return sent;
}

describe('HOSTILE-H23: any verb, any payload, any node: an answer, never an exception; 0 for what is not there', () => {
  for (const name of ['desktop', 'hdmi']) {
    it(`built-in ${name}`, () => {
      expect(sweep(builtInCodecs[name] as CodecModel, WHOLE ? null : seeded(1))).toBeGreaterThan(100_000);
    });
  }

  it.runIf(hasCorpus)('codecs of at least twelve vendors', { timeout: 3_600_000 }, () => {
    const models = chosenModels();
    const random = WHOLE ? null : seeded(2);
    let sent = 0;
    for (const model of models.values()) sent += sweep(model, random);
    const vendors = new Set([...models.values()].map((model) => model.vendorId >>> 16));
    process.stdout.write(`verb sweep: ${sent} commands to ${models.size} codecs of ${vendors.size} vendors\n`);
    expect(vendors.size).toBeGreaterThanOrEqual(12);
    if (WHOLE) expect(models.size).toBe(CODECS);
  });
});

it('bit 27 of a command is part of the NID, and no node is there (§3.2)', () => {
  const codec = new Codec(builtInCodecs.desktop as CodecModel, { outputRateHz: 48000 });
  expect(codec.command((0x94 << 20) | (VERB_GET_PIN_SENSE << 8))).toBe(0);
});
