// What `npm run test:guest` adds to guest.test.ts: forty dumps, the driver's options, formats, power states, ten minutes.

import { parseCodecDump } from 'azalia/codec';
import { describe, expect, it } from 'vitest';
import { INTSTS } from '../../src/hda/registers.ts';
import { ALL, readDump } from './support/dumps.ts';
import { Heard } from './support/heard.ts';
import { everything, missing } from './support/images.ts';
import { decodeRecording, Noise } from './support/noise.ts';
import { compareCodecs, parseOne } from './support/proc-facts.ts';
import { askFor, LOAD, PROC, run, section, UNMUTE } from './support/run.ts';
import { Stopwatch } from './support/stopwatch.ts';
import { makePlayer } from './support/timer-player.ts';
import { firstDifference, samplesOf, toneBytes, toneSamples } from './support/tone.ts';

const FRONT = 0x14;
const LINE_OUTS = [0x14, 0x15, 0x16, 0x17];
const REAR_MICROPHONE = 0x18;
const FIRST_OUTPUT = 1 << 4; // stream descriptor 4, in INTSTS
const PLAY = 'aplay -q -D hw:0,0 /tone.wav';

describe.skipIf(missing || !everything)('snd_hda_intel, all of it', () => {
  it(`binds to ${ALL.length} codecs of twelve vendors and prints what the dumps say`, {
    timeout: 600_000,
  }, async () => {
    const vendors = new Set<number>();
    const faults: Record<string, readonly string[]> = {};
    let facts = 0;
    for (const name of ALL) {
      const dump = readDump(name);
      const expected = parseOne(dump);
      const { report } = await run({ codec: { dump }, script: [LOAD, PROC] });
      const found = parseCodecDump(report.codecs.get(expected.address) ?? '')[0];
      const comparison = found && compareCodecs(expected, found);
      facts += comparison?.facts ?? 0;
      vendors.add(expected.vendorId >>> 16);
      const wrong = [...report.complaints, ...(comparison?.differences ?? ['no proc text'])];
      if (wrong.length > 0) faults[name] = wrong;
    }
    console.info(`guest: ${ALL.length} dumps, ${vendors.size} vendors, ${facts} facts agree`);
    expect(faults).toEqual({});
    expect(vendors.size).toBeGreaterThanOrEqual(12);
  });

  it.each(['laptop', 'hdmi'])('binds to «%s» without a complaint and plays through it', async (codec) => {
    let atPowerUp = '';
    const { report, heard } = await run({
      codec,
      prepare: (card) => {
        atPowerUp = card.machine.codecs[0]?.dump() ?? '';
      },
      script: [LOAD, PROC, UNMUTE, section('play', 'aplay -q -D hw:0,$(head -1 /proc/asound/pcm | cut -c5) /tone.wav')],
    });
    expect(report.complaints).toEqual([]);
    expect(compareCodecs(parseOne(atPowerUp), parseOne(report.codecs.get(0) ?? '')).differences).toEqual([]);
    expect(report.text('play')).toBe('');
    const differences = [...heard.values()].map(({ sound }) => firstDifference(sound, toneSamples()));
    expect(differences).toContain(null);
  });

  it.each([
    '',
    'single_cmd=1',
    'position_fix=1',
    'position_fix=2',
    'position_fix=3',
    'position_fix=4',
    'position_fix=6',
    'bdl_pos_adj=0',
    'bdl_pos_adj=64',
    'power_save=1',
    'enable_msi=0',
    'align_buffer_size=1',
  ])('plays and records with «%s»', async (module) => {
    const noise = new Noise(REAR_MICROPHONE);
    const { report, heard } = await run({
      module,
      input: noise.source,
      script: [
        LOAD,
        UNMUTE,
        section('play', PLAY),
        section('record', 'arecord -q -D hw:0,0 -f S16_LE -r 48000 -c 2 -s 12000 /tmp/r.wav'),
        section('recording', 'gzip -c /tmp/r.wav | base64'),
      ],
    });
    expect(report.complaints).toEqual([]);
    expect(report.text('play') + report.text('record')).toBe('');
    expect(firstDifference(heard.get(FRONT)?.sound ?? [], toneSamples())).toBeNull();
    expect(noise.differenceOf(decodeRecording(report.text('recording')))).toBeNull();
  });

  it.each([
    [48000, 16, 2],
    [44100, 16, 2],
    [96000, 16, 2],
    [192000, 16, 2],
    [8000, 16, 2],
    [48000, 32, 2],
    [96000, 32, 2],
    [48000, 16, 4],
    [48000, 16, 6],
    [48000, 16, 8],
    [44100, 32, 8],
    [192000, 32, 8],
  ] as const)('plays %i Hz, S%i, %i channels bit for bit', async (rateHz, bits, channels) => {
    const { report, heard } = await run({
      script: [
        LOAD,
        UNMUTE,
        'tail -c +45 /tone.wav > /tmp/t',
        section('play', `aplay -q -D hw:0,0 -t raw -f S${bits}_LE -r ${rateHz} -c ${channels} /tmp/t`),
      ],
    });
    expect(report.text('play')).toBe('');
    const expected = samplesOf(toneBytes(), bits, channels);
    for (let pair = 0; pair < channels / 2; pair++) {
      const pin = heard.get(LINE_OUTS[pair] as number);
      expect(pin?.rateHz).toBe(rateHz);
      expect(firstDifference(pin?.sound ?? [], expected.slice(2 * pair, 2 * pair + 2))).toBeNull();
    }
  });

  it.each([
    [44100, 16],
    [96000, 32],
    [192000, 16],
  ] as const)('records %i Hz, S%i bit for bit while it plays', async (rateHz, bits) => {
    const noise = new Noise(REAR_MICROPHONE);
    const { report, heard } = await run({
      input: noise.source,
      script: [
        LOAD,
        UNMUTE,
        section('duplex', `arecord -q -D hw:0,0 -f S${bits}_LE -r ${rateHz} -c 2 -s 12000 /tmp/r.wav & ${PLAY}; wait`),
        section('recording', 'gzip -c /tmp/r.wav | base64'),
      ],
    });
    expect(report.text('duplex')).toBe('');
    const recording = decodeRecording(report.text('recording'));
    expect([recording.rateHz, recording.channels[0]?.length]).toEqual([rateHz, 12_000]);
    expect(noise.differenceOf(recording)).toBeNull();
    expect(firstDifference(heard.get(FRONT)?.sound ?? [], toneSamples())).toBeNull();
  });

  it('no_period_wakeup: a program that writes by the clock arrives bit for bit, and its stream never interrupts', async () => {
    const seen = { descriptors: 0, withInterrupt: 0, interrupts: 0 };
    const ofAplay = { ...seen };
    let sound = new Heard();
    const { report } = await run({
      onOutput: (channels, rateHz, pin) => {
        if (pin === FRONT) sound.add(channels, rateHz);
      },
      prepare: ({ machine }, guest) => {
        guest.onLine((line) => {
          if (line !== 'RIG-ASK timer') return;
          Object.assign(ofAplay, seen);
          Object.assign(seen, { descriptors: 0, withInterrupt: 0, interrupts: 0 });
          sound = new Heard();
        });
        machine.record((event) => {
          if (event.kind === 'descriptor') {
            seen.descriptors++;
            if (event.interruptOnCompletion) seen.withInterrupt++;
          }
          if (event.kind === 'interrupt' && event.level) {
            if ((machine.controller.read(INTSTS, 4) & FIRST_OUTPUT) !== 0) seen.interrupts++;
          }
        });
      },
      script: [
        LOAD,
        UNMUTE,
        section('aplay', PLAY),
        makePlayer('/tmp/player', '/tone.wav', 48_000),
        askFor('timer'),
        section('timer', '/tmp/player'),
      ],
    });
    expect(report.section('timer')).toEqual({ lines: [], code: 0 });
    expect(seen.descriptors).toBeGreaterThan(10);
    expect([seen.withInterrupt, seen.interrupts]).toEqual([0, 0]);
    expect(firstDifference(sound.sound, toneSamples())).toBeNull();
    expect([ofAplay.withInterrupt > 3, ofAplay.interrupts > 3]).toEqual([true, true]); // else nothing was measured
  });

  it('goes through a suspend of all devices while it plays, codec sleep, unload and reload', {
    timeout: 200_000,
  }, async () => {
    const codecPower = 'cat /sys/bus/hdaudio/devices/hdaudioC0D0/power/runtime_status';
    const { report } = await run({
      module: 'power_save=1',
      script: [
        LOAD,
        UNMUTE,
        section(
          'suspend',
          `echo devices > /sys/power/pm_test; (${PLAY}; echo played $?) & usleep 300000; echo mem > /sys/power/state; echo slept $?; wait`,
        ),
        section('again', PLAY),
        section('asleep', `sleep 3; ${codecPower}`),
        section('awake', `${PLAY}; ${codecPower}`),
        section('reload', 'rmmod snd-hda-intel && insmod /lib/modules/snd-hda-intel.ko; echo loaded $?; sleep 1'),
        UNMUTE,
        section('last', PLAY),
      ],
    });
    expect(report.section('suspend').lines).toEqual(['slept 0', 'played 0']);
    expect(report.text('asleep')).toBe('suspended');
    expect(report.text('awake')).toBe('active');
    expect(report.text('reload')).toBe('loaded 0');
    expect(report.text('again') + report.text('last')).toBe('');
    expect(report.complaints.filter((line) => line.startsWith('snd_'))).toEqual([]);
  });

  it('with ACPI and its APIC too, in real time and without an underrun', async () => {
    const { report, heard } = await run({ acpi: true, clock: 'real', script: [LOAD, UNMUTE, section('play', PLAY)] });
    expect(report.text('play')).toBe('');
    expect(firstDifference(heard.get(FRONT)?.sound ?? [], toneSamples())).toBeNull();
  });

  it('takes less than 3 % of a core while the guest plays stereo in real time', async () => {
    const watch = new Stopwatch();
    let share = 1;
    const { report } = await run({
      clock: 'real',
      prepare: (_card, guest) =>
        guest.onLine((line) => {
          if (line === 'RIG-ASK start') watch.start();
          if (line === 'RIG-ASK stop') share = watch.stop();
        }),
      script: [
        LOAD,
        UNMUTE,
        'for i in 1 2 3 4 5 6 7 8 9 10; do tail -c +45 /tone.wav; done > /tmp/t; sleep 2', // settled, and compiled
        askFor('start'),
        section('play', 'aplay -q -D hw:0,0 -t raw -f S16_LE -c 2 -r 48000 /tmp/t'),
        askFor('stop'),
      ],
    });
    expect(report.text('play')).toBe('');
    console.info(`guest: ${(100 * share).toFixed(2)} % of a core inside the card while stereo plays`);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.03);
  });

  it('ten minutes of playing and recording without an underrun or overrun', { timeout: 900_000 }, async () => {
    const { report } = await run({
      seconds: 800,
      onOutput: () => {},
      script: [
        LOAD,
        UNMUTE,
        section(
          'duplex',
          'arecord -q -D hw:0,0 -f S16_LE -r 48000 -c 2 -d 600 /dev/null & aplay -q -D hw:0,0 -f S16_LE -r 48000 -c 2 -d 600 /dev/zero; wait',
        ),
        section('uptime', 'cat /proc/uptime'),
      ],
    });
    expect(report.text('duplex')).toBe('');
    expect(Number.parseFloat(report.text('uptime'))).toBeGreaterThan(600);
    expect(report.complaints).toEqual([]);
  });
});
