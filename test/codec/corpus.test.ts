import { describe, expect, it } from 'vitest';
import { Codec, formatCodecDump, learnCodec, parseCodecDump } from '../../src/codec/index.ts';
import { corpusNote, dumpNames, HOPELESS, hasCorpus, readDump } from './corpus.ts';
import { factsOf, missingFacts } from './dump-facts.ts';

corpusNote();

describe.runIf(hasCorpus)('897 real codecs (codec-dumps)', () => {
  const names = hasCorpus ? dumpNames() : [];
  const usable = names.filter((name) => !HOPELESS.includes(name));

  it('HW-L3: every dump but the four that name no function group loads as one codec, and those are refused in one line (§6.3)', () => {
    const refused: string[] = [];
    for (const name of names) {
      try {
        expect(parseCodecDump(readDump(name)), name).toHaveLength(1);
      } catch (error) {
        expect((error as Error).message).not.toContain('\n');
        refused.push(`${name}: ${(error as Error).message}`);
      }
    }
    expect(refused.map((line) => line.split(':')[0])).toEqual(HOPELESS);
  });

  it('a driver that knows the codec by verbs alone prints back every fact that the link can reveal (§6.2)', () => {
    const different: string[] = [];
    for (const name of usable) {
      const text = readDump(name);
      const [model] = parseCodecDump(text);
      if (!model) continue;
      const codec = new Codec(model, { outputRateHz: 48000 });
      codec.linkReset();
      const learned = learnCodec((word) => codec.command(word) ?? 0, { name: model.name, address: model.address });
      const missing = missingFacts(factsOf(text), factsOf(formatCodecDump(learned)));
      if (missing.length > 0) different.push(`${name}: ${missing.slice(0, 3).join('; ')}`);
    }
    process.stdout.write(`codec show: ${usable.length - different.length} of ${usable.length} files equal\n`);
    expect(different).toEqual([]);
  });

  it('the text of the state itself is the same codec again (formatCodecDump, parseCodecDump)', () => {
    for (const name of usable) {
      const [model] = parseCodecDump(readDump(name));
      if (!model) continue;
      const dump = new Codec(model, { outputRateHz: 48000 }).dump();
      expect(new Codec(parseCodecDump(dump)[0] ?? model, { outputRateHz: 48000 }).dump(), name).toBe(dump);
      expect(missingFacts(factsOf(readDump(name)), factsOf(dump)), name).toEqual([]);
    }
  });
});
