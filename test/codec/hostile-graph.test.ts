import { expect, it } from 'vitest';
import { CONNECTION_RANGE, Codec, type CodecModel, learnCodec, type WidgetModel } from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import { PIN_OUT } from '../../src/hda/verbs.ts';

const MIXER = (P.WIDGET_MIXER << 20) | P.WCAP_CONNECTION_LIST | P.WCAP_INPUT_AMP | P.WCAP_STEREO;
const SELECTOR = (P.WIDGET_SELECTOR << 20) | P.WCAP_CONNECTION_LIST | P.WCAP_STEREO;
const PIN = (P.WIDGET_PIN << 20) | P.WCAP_CONNECTION_LIST | P.WCAP_STEREO;
const DAC = (P.WIDGET_AUDIO_OUTPUT << 20) | P.WCAP_STEREO;

function codecOf(widgets: WidgetModel[], outputRateHz: number | 'stream' = 48000): Codec {
  const model: CodecModel = {
    name: 'hostile',
    address: 0,
    vendorId: 1,
    subsystemId: 1,
    revisionId: 1,
    functionGroups: [{ nid: 1, type: 1, widgets }],
  };
  return new Codec(model, { outputRateHz });
}
const dac = (nid: number): WidgetModel => ({ nid, caps: DAC, stream: 0x10 });
const pin = (nid: number, from: number): WidgetModel => ({
  nid,
  caps: PIN,
  pinCaps: P.PINCAP_OUT,
  pinControl: PIN_OUT,
  connections: [from],
});
const lanes = (codec: Codec, nid: number) => codec.routes().pins.find((found) => found.nid === nid)?.lanes;

it('HOSTILE-H45: a cycle of mixers is cut where it closes; what enters it from outside is heard', () => {
  const codec = codecOf([
    dac(2),
    { nid: 3, caps: MIXER, connections: [4, 2] },
    { nid: 4, caps: MIXER, connections: [3, 4] },
    pin(5, 3),
  ]);
  expect(lanes(codec, 5)).toEqual([0, 1]);
});

it('HOSTILE-H45: a selector that selects itself is silent', () => {
  expect(lanes(codecOf([{ nid: 2, caps: SELECTOR, connections: [2] }, pin(3, 2)]), 3)).toEqual([-1, -1]);
});

it('HOSTILE-H45: 120 mixers with connection lists of 127 compile at once, one sum each', () => {
  const all = Array.from({ length: 127 }, (_, index) => index + 1);
  const mixers = Array.from({ length: 120 }, (_, index) => ({ nid: 3 + index, caps: MIXER, connections: all }));
  for (const rate of [48000, 'stream'] as const) {
    const codec = codecOf([dac(2), ...mixers, pin(123, 3), pin(124, 60), pin(125, 122)], rate);
    const before = performance.now();
    const routes = codec.routes();
    expect(performance.now() - before).toBeLessThan(1000);
    expect(routes.channels).toBeLessThanOrEqual(2 * 121);
    expect(routes.mixes.length).toBeLessThanOrEqual(2 * 120 * 127);
    expect(lanes(codec, 123)).not.toContain(-1);
  }
});

it('HOSTILE-H45: range entries reversed or first end the list, as drivers take it', () => {
  const learned = (connections: number[]) => {
    const codec = codecOf([dac(2), { nid: 3, caps: SELECTOR, connections }, pin(4, 3)]);
    const model = learnCodec((word) => codec.command(word) ?? 0, { name: '', address: 0 });
    return { raw: model.functionGroups[0]?.widgets[1]?.connections, lanes: lanes(codec, 4) };
  };
  expect(learned([2, CONNECTION_RANGE | 1])).toEqual({ raw: [2, CONNECTION_RANGE | 1], lanes: [0, 1] });
  expect(learned([CONNECTION_RANGE | 2, 2])).toEqual({ raw: [CONNECTION_RANGE | 2, 2], lanes: [-1, -1] });
});

it('a connection list has the short form, the long form for NIDs above 7Fh, and ranges in both (§5.4)', () => {
  const words = (connections: number[]) => {
    const codec = codecOf([dac(2), { nid: 3, caps: SELECTOR, connections }]);
    const get = (verb: number, payload: number) => codec.command((3 << 20) | (verb << 8) | payload);
    return [get(0xf00, P.PARAM_CONNECTION_LENGTH), get(0xf02, 0), get(0xf02, 2)];
  };
  expect(words([2, CONNECTION_RANGE | 5])).toEqual([2, 0x8502, 0x8502]);
  expect(words([2, 0x90, CONNECTION_RANGE | 0x92])).toEqual([3 | P.CONNECTION_LONG_FORM, 0x00900002, 0x8092]);
});

it('a model whose NIDs repeat, leave a gap or lie off the scale is refused with the value', () => {
  expect(() => codecOf([dac(2), dac(2)])).toThrow(/node 2/);
  expect(() => codecOf([dac(2), dac(4)])).toThrow(/node 4/);
  expect(() => codecOf([dac(300)])).toThrow(/node 300/);
});
