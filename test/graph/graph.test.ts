import { createMachine } from 'azalia/machine';
import { describe, expect, it } from 'vitest';
import { builtInCodecs, type CodecModel, parseCodecDump, waysOf } from '../../src/entries/codec.ts';
import { graphFacts } from '../../src/graph/facts.ts';
import { drawCodecGraph } from '../../src/graph/graph.ts';
import { BOX_WIDTH, layOut } from '../../src/graph/layout.ts';
import { hasCorpus, loadCorpus, widgetsOf } from '../codec/corpus.ts';

const REAL = hasCorpus ? loadCorpus().filter((_, index) => index % 60 === 0) : [];
if (!hasCorpus) process.stderr.write('no codec dumps here: the drawing is tested with the built-in codecs only\n');
const CODECS: [string, CodecModel][] = [...Object.entries(builtInCodecs), ...REAL];

describe.each(CODECS)('the drawing of %s', (_name, model) => {
  const svg = drawCodecGraph(model);
  const { boxes, wires } = graphFacts(model);
  const { placed, runs, width, height } = layOut(boxes, wires);

  it('has every widget once, and every connection between widgets that exist', () => {
    const nids = widgetsOf(model).map(({ nid }) => nid);
    expect(
      [...svg.matchAll(/<g class="widget[^>]* data-nid="(\d+)"/g)].map(([, nid]) => Number(nid)).sort(ascending),
    ).toEqual([...nids].sort(ascending));
    const drawn = [...svg.matchAll(/data-from="(\d+)" data-to="(\d+)" data-input="(\d+)"/g)].map((match) =>
      match.slice(1).join(),
    );
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(drawn.sort()).toEqual(wires.map(({ from, to, input }) => `${from},${to},${input}`).sort());
  });

  it('is well formed: every element ends, every number is one', () => {
    const open: string[] = [];
    for (const [, end, name, empty] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (end) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name as string);
    }
    expect(open).toEqual([]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has no box upon another, none outside, and wires that go from right side to left side', () => {
    for (const [index, a] of placed.entries()) {
      expect(a.x >= 0 && a.y >= 0 && a.x + BOX_WIDTH <= width && a.y + a.height <= height).toBe(true);
      for (const b of placed.slice(index + 1)) {
        const apart = Math.abs(a.x - b.x) >= BOX_WIDTH || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect([a.box.nid, b.box.nid, apart]).toEqual([a.box.nid, b.box.nid, true]);
      }
    }
    const box = new Map(placed.map((each) => [each.box.nid, each]));
    for (const { wire, points } of runs) {
      expect(points[0]?.x).toBe((box.get(wire.from)?.x ?? 0) + BOX_WIDTH);
      expect(points.at(-1)?.x).toBe(box.get(wire.to)?.x);
    }
  });
});

const ascending = (a: number, b: number): number => a - b;

it.skipIf(!hasCorpus)(
  'pins that list no inputs though they have them (§5.15) are drawn with the way that is there',
  () => {
    const [, haswell] = loadCorpus().find(([, { vendorId }]) => vendorId === 0x80862807) as [string, CodecModel];
    const pins = waysOf(haswell).filter(({ direction }) => direction === 'out');
    expect(pins.length).toBeGreaterThan(0);
    const { wires } = graphFacts(haswell);
    for (const { pin, ways } of pins) expect(wires.filter(({ to }) => to === pin)).toHaveLength(ways.length);
  },
);

describe('what sounds', () => {
  async function playing(pin: number) {
    const machine = await createMachine({ outputRateHz: 'stream' });
    machine.windows.boot();
    machine.windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2, pin });
    const model = parseCodecDump(machine.codecs[0]?.dump() ?? '')[0] as CodecModel;
    machine.windows.shutdown();
    return model;
  }

  it.each([0x14, 0x17, 0x1b, 0x1c, 0x1d])(
    'the active way to pin %i is the one that the driver opened, end to end',
    async (pin) => {
      const model = await playing(pin);
      const active = graphFacts(model).wires.filter((wire) => wire.active);
      const ways = waysOf(model).find((each) => each.pin === pin && each.direction === 'out')?.ways ?? [];
      const steps = ways.map(({ steps }) => steps.map(({ nid }) => nid));
      const reached = active.filter(({ to }) => to === pin);
      expect(reached).toHaveLength(1);
      const nids = [pin];
      for (let at = active.find(({ to }) => to === pin); at; at = active.find(({ to }) => to === nids[0]))
        nids.unshift(at.from);
      expect(steps).toContainEqual(nids);
      const svg = drawCodecGraph(model);
      expect([...svg.matchAll(/<path class="wire active"/g)]).toHaveLength(active.length);
    },
  );

  it('a muted pin, a pin without OUT enable and a powered-down DAC have no active way', async () => {
    const model = await playing(0x14);
    const changed = (nid: number, change: object): CodecModel => ({
      ...model,
      functionGroups: model.functionGroups.map((group) => ({
        ...group,
        widgets: group.widgets.map((widget) => (widget.nid === nid ? { ...widget, ...change } : widget)),
      })),
    });
    const reaches = (codec: CodecModel) => graphFacts(codec).wires.some(({ to, active }) => to === 0x14 && active);
    expect(reaches(model)).toBe(true);
    expect(reaches(changed(0x14, { outputAmp: [0x80, 0x80] }))).toBe(false);
    expect(reaches(changed(0x14, { pinControl: 0 }))).toBe(false);
    expect(reaches(changed(0x02, { power: 0x33 }))).toBe(false);
    expect(reaches(changed(0x14, { selected: 1 }))).toBe(false);
  });

  it('boxes say gain, place and power; jacks have their colour; levels are bars from −60 dB', () => {
    const model = builtInCodecs.desktop as CodecModel;
    const svg = drawCodecGraph(model, {
      levels: new Map([
        [0x14, 1],
        [0x15, 0.001],
        [0x16, 0],
      ]),
    });
    const said = (nid: number) => {
      const [box = ''] = new RegExp(`<g [^>]*data-nid="${nid}".*?</g>`).exec(svg) ?? [];
      return `${box.replace(/<[^>]*>/g, '').trim()} (${/aria-description="([^"]*)"/.exec(box)?.[1]})`;
    };
    expect(said(0x14)).toBe('0x14 pin line out rear out muted (green)');
    expect(said(0x02)).toBe('0x02 DAC out −65.25 dB (undefined)');
    const bars = [...svg.matchAll(/class="level"[^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(bars).toEqual([BOX_WIDTH - 8, 0, 0]);
  });
});
