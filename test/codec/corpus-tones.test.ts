// The class driver on every real codec: a tone through bus driver, DMA and graph to each output pin, measured there (issue 4).

import { createMachine, type Machine } from 'azalia/machine';
import { describe, expect, it } from 'vitest';
import { type CodecModel, type PinWays, type WidgetModel, waysOf } from '../../src/codec/index.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import * as P from '../../src/hda/parameters.ts';
import { ampCaps, corpusNote, hasCorpus, loadCorpus, widgetsOf } from './corpus.ts';

corpusNote();

const RATE_HZ = 48000;
const FREQUENCY_HZ = 1000;
const PERIOD = RATE_HZ / FREQUENCY_HZ;
const AMPLITUDE = 8192; // of 32768
const LEVEL_DBFS = 20 * Math.log10(AMPLITUDE / 32768);
const FRAMES = 10 * PERIOD;

const hexadecimal = (nid: number) => `${nid.toString(16)}h`;

/** What a driver leaves of the level: 0 dB but for amps that do not reach it. */
function expectedDb(model: CodecModel, { ways }: PinWays): number {
  const widgets = new Map(widgetsOf(model).map((widget) => [widget.nid, widget]));
  let quarters = 0;
  const below = (caps: number) => Math.min(0, P.ampSteps(caps) - P.ampOffset(caps)) * P.ampStepQuarterDb(caps);
  for (const { nid, inputAmp, outputAmp } of ways[0]?.steps ?? []) {
    const widget = widgets.get(nid) as WidgetModel;
    if (inputAmp >= 0) quarters += below(ampCaps(model, widget, false));
    if (outputAmp) quarters += below(ampCaps(model, widget, true));
  }
  return quarters / 4;
}

/** Plays to one pin through the driver; what is wrong with what is heard there, or ''. */
function fault(machine: Machine, pin: number, expectedDbfs: number): string {
  const request = { rateHz: RATE_HZ, bits: 16, pin, bufferFrames: 256 } as const;
  const stereo = machine.windows.audio[0]?.openRender({ ...request, channels: 2 });
  const channels = stereo?.stream ? 2 : 1;
  const opened = stereo?.stream ? stereo : machine.windows.audio[0]?.openRender({ ...request, channels });
  const tap = machine.codecs[0]?.listen(pin);
  if (!opened?.stream || !tap) return opened?.reason ?? 'no audio device';
  opened.stream.start((into, firstFrame, frames) => {
    const samples = new Int16Array(into.buffer, into.byteOffset, frames * channels);
    for (let frame = 0; frame < frames; frame++) {
      const value = Math.round(AMPLITUDE * Math.sin((2 * Math.PI * (firstFrame + frame)) / PERIOD));
      samples.fill(value, frame * channels, (frame + 1) * channels);
    }
  });
  machine.advance(FRAMES);
  const lanes = tap.read().slice(0, channels);
  tap.close();
  opened.stream.close();
  if (lanes.length < channels) return `${lanes.length} channels`;
  for (const lane of lanes) {
    const tone = measureTone(lane, RATE_HZ);
    if (!tone) return 'silent';
    if (Math.abs(tone.frequencyHz - FREQUENCY_HZ) > 0.01) return `${tone.frequencyHz.toFixed(3)} Hz`;
    if (Math.abs(tone.levelDbfs - expectedDbfs) > 0.01) return `${tone.levelDbfs.toFixed(3)} dBFS`;
  }
  return '';
}

/** Why no converter reaches a pin. */
function obstacle(model: CodecModel, pin: number): string {
  const widgets = widgetsOf(model);
  const { connections = [] } = widgets.find(({ nid }) => nid === pin) as WidgetModel;
  const absent = connections.filter((nid) => !widgets.some((widget) => widget.nid === nid));
  if (connections.length === 0) return 'lists no input';
  return absent.length > 0 ? `lists ${absent.map(hexadecimal)}, which is not there` : 'has no converter behind it';
}

describe.runIf(hasCorpus)('893 real codecs', () => {
  it('the class driver plays 1 kHz at its level to every output pin that a converter reaches (§5.4–§5.15)', async () => {
    const wrong: string[] = [];
    const unreachable: string[] = [];
    const attenuated: string[] = [];
    const count = { codecs: 0, pins: 0, mute: 0, modems: 0 };
    for (const [name, model] of loadCorpus()) {
      const outputs = waysOf(model).filter(({ direction }) => direction === 'out');
      for (const { pin, ways } of outputs)
        if (ways.length === 0) unreachable.push(`  ${name} ${hexadecimal(pin)} ${obstacle(model, pin)}`);
      const reachable = outputs.filter(({ ways }) => ways.length > 0);
      if (reachable.length === 0) {
        count.mute++;
        if (widgetsOf(model).length === 0) count.modems++;
        continue;
      }
      count.codecs++;
      const machine = await createMachine({ codecs: [model], outputRateHz: 'stream', memoryBytes: 1 << 20 });
      machine.windows.boot();
      for (const found of reachable) {
        count.pins++;
        const db = expectedDb(model, found);
        if (db !== 0) attenuated.push(`  ${name} ${hexadecimal(found.pin)} ${db} dB`);
        const what = fault(machine, found.pin, LEVEL_DBFS + db);
        if (what !== '') wrong.push(`${name} ${hexadecimal(found.pin)}: ${what}`);
      }
      machine.close();
    }
    process.stdout.write(
      [
        `class driver: ${count.pins - wrong.length} of ${count.pins} pins of ${count.codecs} codecs play the tone; ` +
          `${count.mute} codecs have no such pin, ${count.modems} of them modems`,
        `pins that no converter reaches: ${unreachable.length}`,
        ...unreachable,
        `pins whose amps do not reach 0 dB, at the level that they reach: ${attenuated.length}`,
        ...attenuated,
        '',
      ].join('\n'),
    );
    expect(wrong).toEqual([]);
    expect([count.codecs, unreachable.length]).toEqual([846, 12]); // those that are named above
  }, 300_000);
});
