// Stock Linux on the card, in v86: its driver binds, plays, records (issue 5). What every `npm test` runs; the rest is in
// everything.test.ts. All but one with the virtual clock: as fast as the host can, and alike in every run.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FEW, readDump } from './support/dumps.ts';
import { continueElsewhere } from './support/elsewhere.ts';
import { missing } from './support/images.ts';
import { decodeRecording, Noise } from './support/noise.ts';
import { compareCodecs, parseOne } from './support/proc-facts.ts';
import { askFor, JACKS, LOAD, PROC, run, section, UNMUTE } from './support/run.ts';
import { firstDifference, toneSamples } from './support/tone.ts';

if (missing) console.warn(`guest tests skipped: ${missing}`);

const FRONT = 0x14;
const REAR_MICROPHONE = 0x18;

describe.skipIf(missing)('snd_hda_intel on the card', () => {
  it('binds to «desktop» without a complaint; aplay arrives bit for bit while arecord hears the microphone bit for bit', async () => {
    const noise = new Noise(REAR_MICROPHONE);
    let atPowerUp = '';
    const { report, heard } = await run({
      input: noise.source,
      prepare: (card) => {
        atPowerUp = card.machine.codecs[0]?.dump() ?? '';
      },
      script: [
        LOAD,
        PROC,
        UNMUTE,
        section('play', 'aplay -q -D hw:0,0 /tone.wav'),
        section(
          'duplex',
          'arecord -q -D hw:0,0 -f S16_LE -r 48000 -c 2 -s 24000 /tmp/r.wav & aplay -q -D hw:0,0 /tone.wav; wait',
        ),
        section('recording', 'gzip -c /tmp/r.wav | base64'),
      ],
    });
    expect(report.complaints).toEqual([]);
    expect(report.section('play').code).toBe(0);
    expect(report.text('play') + report.text('duplex')).toBe(''); // neither overrun nor underrun
    expect(firstDifference(heard.get(FRONT)?.sound ?? [], toneSamples())).toBeNull();

    const recording = decodeRecording(report.text('recording'));
    expect(recording.channels[0]?.length).toBe(24000);
    expect(noise.differenceOf(recording)).toBeNull();

    const comparison = compareCodecs(parseOne(atPowerUp), parseOne(report.codecs.get(0) ?? ''));
    expect(comparison.differences).toEqual([]);
    expect(comparison.facts).toBeGreaterThan(200);
  });

  it('plays bit for bit in real time', async () => {
    const { report, heard } = await run({
      clock: 'real',
      script: [LOAD, UNMUTE, section('play', 'aplay -q -D hw:0,0 /tone.wav')],
    });
    expect(report.section('play').code).toBe(0);
    expect(firstDifference(heard.get(FRONT)?.sound ?? [], toneSamples())).toBeNull();
  });

  it('two runs with the virtual clock are one: console, register accesses, samples', async () => {
    const once = async () => {
      const trace = createHash('sha256');
      const { lines, heard } = await run({
        prepare: ({ machine }) =>
          machine.record((event) => {
            if (event.kind === 'read' || event.kind === 'write') trace.update(Object.values(event).join());
          }),
        script: [LOAD, UNMUTE, section('play', 'aplay -q -D hw:0,0 /tone.wav'), section('uptime', 'cat /proc/uptime')],
      });
      const samples = createHash('sha256');
      for (const channel of heard.get(FRONT)?.sound ?? []) samples.update(new Uint8Array(channel.buffer));
      return { lines, trace: trace.digest('hex'), samples: samples.digest('hex') };
    };
    expect(await once()).toEqual(await once());
  });

  it('pulling a plug turns the jack control off, putting it back turns it on', async () => {
    const { report } = await run({
      script: [
        LOAD,
        section('before', JACKS),
        askFor('pull'),
        section('pulled', JACKS),
        askFor('plug'),
        section('plugged', JACKS),
      ],
      prepare: (card, guest) =>
        guest.onLine((line) => {
          if (line === 'RIG-ASK pull') card.machine.codecs[0]?.plug(FRONT, false);
          if (line === 'RIG-ASK plug') card.machine.codecs[0]?.plug(FRONT, true);
        }),
    });
    const front = (name: string) => report.section(name).lines.filter((line) => line.startsWith('Line Out Front Jack'));
    expect(['before', 'pulled', 'plugged'].flatMap(front)).toEqual([
      'Line Out Front Jack on',
      'Line Out Front Jack off',
      'Line Out Front Jack on',
    ]);
    expect(report.section('pulled').lines.filter((line) => / off$/.test(line))).toEqual([
      'Front Headphone Jack off',
      'Line Out Front Jack off',
    ]);
  });

  // Where the save falls depends on the host.
  it('saved while it plays, it goes on in another process, bit for bit', async () => {
    const { sound, savedAtFrame } = await continueElsewhere(FRONT);
    const tone = toneSamples();
    const twice = tone.map((channel) => Float32Array.from([...channel, ...channel, ...channel]));
    expect(savedAtFrame).toBeGreaterThan(20_000);
    expect(savedAtFrame).toBeLessThan(120_000);
    expect(firstDifference(sound, twice)).toBeNull();
  });

  it.each(FEW)('binds to the codec of %s and prints what the dump says', async (name) => {
    const dump = readDump(name);
    const expected = parseOne(dump);
    const { report } = await run({ codec: { dump }, script: [LOAD, PROC] });
    expect(report.complaints).toEqual([]);
    const { facts, differences } = compareCodecs(expected, parseOne(report.codecs.get(expected.address) ?? ''));
    expect(differences).toEqual([]);
    expect(facts).toBeGreaterThan(90);
  });
});
