// Converters, mixes and what silences them (src/link/routes.ts, hda-hardware §3.5, §4).

import { expect, it } from 'vitest';
import { sampleAt, samplesAfter } from './reference.ts';
import { type CoreKind, createRig, joined, noise, OUTPUT, onEachCore, type Rig } from './rig.ts';

const FMT = 0x0011;
const DATA = noise(0x8000, 11);
const BUFFER = [{ address: 0x10000, bytes: 0x8000 }];

/** What channel `channel` of the data is, `frames` from frame `first` on. */
function samples(
  format: number,
  channels: number,
  channel: number,
  first: number,
  frames: number,
  size = 2,
): Float32Array {
  return Float32Array.from({ length: frames }, (_, i) =>
    sampleAt(DATA, (((first + i) * channels + channel) * size) % DATA.length, format),
  );
}

async function prepared(kind: CoreKind): Promise<Rig> {
  const rig = await createRig(kind);
  rig.core.memory.write(0x10000, DATA);
  return rig;
}

onEachCore(
  'four stereo converters each take their two channels of an 8-channel stream; one of them twice',
  async (kind) => {
    const rig = await prepared(kind);
    const converter = (firstStreamChannel: number, lanes: number[]) => ({
      tag: 1,
      firstStreamChannel,
      format: FMT,
      rate: 0,
      lanes,
    });
    rig.load({
      ratesHz: [48000],
      lanes: 10,
      outputs: [
        converter(0, [0, 1]),
        converter(2, [2, 3]),
        converter(4, [4, 5]),
        converter(6, [6, 7]),
        converter(2, [8, 9]),
      ],
    });
    rig.setUp(OUTPUT, { format: 0x0017, entries: BUFFER });
    rig.start(OUTPUT);
    const heard = rig.run(300 * 500, { step: 33_333, lanes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    const channels = [0, 1, 2, 3, 4, 5, 6, 7, 2, 3];
    expect(heard).toEqual(channels.map((channel) => samples(FMT, 8, channel, 0, 300)));
  },
);

for (const [bits, size, offset] of [
  [0x10, 2, 0],
  [0x40, 4, 0],
  [0x00, 1, 0],
  [0x10, 2, 2],
] as const)
  onEachCore(
    `${size}-byte containers: 16 channels reach any 16 lanes, in runs of four or scattered, and nothing else (${offset})`,
    async (kind) => {
      const orders = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [3, 2, 1, 0, 8, 9, 10, 11, 15, 4, 13, 12, 5, 6, 7, 14],
        [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 10, 12, 11, 13, 14, 15],
      ];
      for (const order of orders) {
        for (const channels of [3, 5, 6, 7, 8, 11, 16]) {
          const rig = await prepared(kind);
          const format = bits | (channels - 1);
          const lanes = order.filter((lane) => lane < channels).slice(offset);
          const converter = { tag: 1, firstStreamChannel: offset, format, rate: 0, lanes };
          rig.load({ ratesHz: [48000], lanes: 18, outputs: [converter] });
          for (let lane = 0; lane < 18; lane++) rig.core.laneView(lane).fill(9);
          rig.setUp(OUTPUT, { format, entries: BUFFER });
          rig.start(OUTPUT);
          const heard = rig.run(70 * 500, { step: 21 * 500, lanes: [...lanes, 17] });
          const plain = lanes.map((_, i) => samples(format, channels, i + offset, 0, 70, size));
          expect(heard).toEqual([...plain, new Float32Array(70).fill(9)]);
        }
      }
    },
  );

onEachCore('channels beyond the stream’s are silent', async (kind) => {
  const rig = await prepared(kind);
  rig.load({
    ratesHz: [48000],
    lanes: 6,
    outputs: [
      { tag: 1, firstStreamChannel: 0, format: FMT, rate: 0, lanes: [0, 1, 2, 3] },
      { tag: 1, firstStreamChannel: 2, format: FMT, rate: 0, lanes: [4, 5] },
    ],
  });
  for (let lane = 0; lane < 6; lane++) rig.core.laneView(lane).fill(9);
  rig.setUp(OUTPUT, { format: FMT, entries: BUFFER });
  rig.start(OUTPUT);
  const heard = rig.run(100 * 500, { lanes: [0, 1, 2, 3, 4, 5] });
  const silence = new Float32Array(100);
  expect(heard).toEqual([samples(FMT, 2, 0, 0, 100), samples(FMT, 2, 1, 0, 100), silence, silence, silence, silence]);
});

onEachCore('mixes run in order: the first into a lane sets it, the others add, each with its gain', async (kind) => {
  const rig = await prepared(kind);
  rig.listen(FMT, 48000, 2, {
    lanes: 5,
    mixes: [
      { into: 2, from: 0, first: true, gain: 1, rate: 0 },
      { into: 3, from: 0, first: true, gain: 0.3, rate: 0 },
      { into: 3, from: 1, first: false, gain: -0.7, rate: 0 },
      { into: 4, from: 3, first: true, gain: 2, rate: 0 },
      { into: 4, from: 2, first: false, gain: 0, rate: 0 },
    ],
  });
  rig.setUp(OUTPUT, { format: FMT, entries: BUFFER });
  rig.start(OUTPUT);
  const [left, right, same, sum, twice] = rig.run(301 * 500, {
    step: 7777,
    lanes: [0, 1, 2, 3, 4],
  }) as Float32Array[];
  expect(same).toEqual(left);
  const f = Math.fround;
  const plain = left?.map((x, i) => f(f(x * f(0.3)) + f((right?.[i] as number) * f(-0.7))));
  expect(sum).toEqual(plain);
  expect(twice).toEqual(plain?.map((x) => f(x * 2)));
});

onEachCore('setGain counts from the next advance on', async (kind) => {
  const rig = await prepared(kind);
  rig.listen(FMT, 48000, 2, { lanes: 3, mixes: [{ into: 2, from: 0, first: true, gain: 1, rate: 0 }] });
  rig.setUp(OUTPUT, { format: FMT, entries: BUFFER });
  rig.start(OUTPUT);
  const [one] = rig.run(50 * 500, { lanes: [2] });
  rig.core.setGain(0, 0.5);
  const [half] = rig.run(50 * 500, { lanes: [2] });
  expect(one).toEqual(samples(FMT, 2, 0, 0, 50));
  expect(half).toEqual(samples(FMT, 2, 0, 50, 50).map((x) => x / 2));
});

// A 44.1 kHz 16-bit stream and a converter that says otherwise
const DISAGREEMENTS: [
  what: string,
  stream: number,
  converter: number,
  rateHz: number,
  counter: 'formatMismatch' | 'rateMismatch',
][] = [
  ['size', 0x4011, 0x4031, 44100, 'formatMismatch'],
  ['rate', 0x4011, 0x0011, 48000, 'formatMismatch'],
  ['type of the stream', 0xc011, 0x4011, 44100, 'formatMismatch'],
  ['type of the converter', 0x4011, 0xc011, 44100, 'formatMismatch'],
  ['reserved size', 0x4051, 0x4051, 44100, 'formatMismatch'],
  ['reserved multiplier', 0x2011, 0x2011, 44100, 'formatMismatch'],
  ['reserved multiplier of the same rate', 0x3f11, 0x0011, 48000, 'formatMismatch'],
  ['rate of its lanes', 0x4011, 0x4011, 48000, 'rateMismatch'],
];

for (const [what, stream, converter, rateHz, counter] of DISAGREEMENTS)
  onEachCore(
    `a converter that disagrees in the ${what} is silent and counted by link frames; the stream moves on (H31)`,
    async (kind) => {
      const rig = await prepared(kind);
      rig.listen(converter, rateHz, 2);
      rig.core.laneView(0).fill(9);
      rig.setUp(OUTPUT, { format: stream, entries: BUFFER });
      rig.start(OUTPUT);
      const [heard] = rig.run(160 * 500, { step: 9999, lanes: [0] });
      expect(heard).toEqual(new Float32Array((160 * rateHz) / 48000));
      expect(rig.lpib(OUTPUT)).toBeGreaterThan(0);
      expect(rig.core.counters.formatMismatch).toBe(counter === 'formatMismatch' ? 160 : 0);
      expect(rig.core.counters.rateMismatch).toBe(counter === 'rateMismatch' ? 160 : 0);
    },
  );

onEachCore('two codes of one rate agree: 48 kHz × 2 / 2', async (kind) => {
  const rig = await prepared(kind);
  rig.listen(FMT, 48000, 2);
  rig.setUp(OUTPUT, { format: 0x0911, entries: BUFFER });
  rig.start(OUTPUT);
  expect(rig.run(50 * 500, { lanes: [0] })).toEqual([samples(FMT, 2, 0, 0, 50)]);
});

onEachCore(
  'HOSTILE-H30: of two running outputs with one tag the lowest is heard; an input may share it',
  async (kind) => {
    const rig = await prepared(kind);
    rig.listen(FMT, 48000, 2, { inputs: [{ tag: 1, firstStreamChannel: 0, format: FMT, rate: 0, lanes: [1, 0] }] });
    rig.setUp(4, { format: FMT, entries: BUFFER });
    rig.setUp(5, { format: FMT, entries: [{ address: 0x10400, bytes: 0x4000 }] });
    rig.setUp(0, { format: FMT, entries: [{ address: 0x40000, bytes: 0x4000 }] });
    rig.start(0, 4, 5);
    const [both] = rig.run(50 * 500, { lanes: [0] });
    expect(both).toEqual(samples(FMT, 2, 0, 0, 50));
    rig.stop(4);
    const [second] = rig.run(50 * 500, { lanes: [0] });
    expect(second).toEqual(samples(FMT, 2, 0, 256 + 50, 50));
    rig.start(4);
    const [again] = rig.run(50 * 500, { lanes: [0] });
    expect(again).toEqual(samples(FMT, 2, 0, 50, 50));
    const stored = new Int16Array(rig.core.memory.read(0x40000, 8).buffer);
    const sent = new Int16Array(DATA.slice(0, 8).buffer);
    expect([...stored]).toEqual([sent[1], sent[0], sent[3], sent[2]]);
  },
);

onEachCore('a tag written under RUN counts from the next segment on', async (kind) => {
  const rig = await prepared(kind);
  rig.listen(FMT, 48000, 2);
  rig.setUp(OUTPUT, { format: FMT, entries: BUFFER, tag: 3 });
  rig.start(OUTPUT);
  expect(rig.run(50 * 500, { lanes: [0] })).toEqual([new Float32Array(50)]);
  rig.setUp(OUTPUT, { format: FMT, entries: BUFFER, tag: 1 });
  expect(rig.run(50 * 500, { lanes: [0] })).toEqual([samples(FMT, 2, 0, 50, 50)]);
});

onEachCore(
  'a change of program loses and repeats no sample, also at 44.1 kHz where the link is a block ahead',
  async (kind) => {
    const rig = await prepared(kind);
    const swap = [
      { lanes: 2, outputs: [{ tag: 1, firstStreamChannel: 0, format: 0x4011, rate: 0, lanes: [0, 1] }] },
      { lanes: 4, outputs: [{ tag: 1, firstStreamChannel: 0, format: 0x4011, rate: 0, lanes: [3, 2] }] },
    ];
    rig.core.advance(500 * 11);
    rig.load({ ratesHz: [44100], ...swap[0] });
    rig.setUp(OUTPUT, { format: 0x4011, entries: BUFFER });
    rig.start(OUTPUT);
    const parts: Float32Array[] = [];
    for (let turn = 0; turn < 400; turn++) {
      parts.push(...rig.run(500 * (1 + (turn % 7)), { lanes: [turn % 2 === 0 ? 0 : 3] }));
      rig.load(swap[(turn + 1) % 2] as (typeof swap)[0]);
    }
    const heard = joined(parts);
    const linkFrames = rig.linkFrames;
    expect(heard).toHaveLength(samplesAfter(linkFrames, 44100) - samplesAfter(11, 44100));
    expect(heard).toEqual(samples(FMT, 2, 0, 0, heard.length));
  },
);

onEachCore(
  'a stream that nobody heard is heard from its present block on when a converter takes its tag',
  async (kind) => {
    const rig = await prepared(kind);
    rig.load({ ratesHz: [44100], lanes: 2 });
    rig.core.advance(500 * 5);
    rig.setUp(OUTPUT, { format: 0x4011, entries: BUFFER });
    rig.start(OUTPUT);
    rig.run(500 * 101, { step: 500 * 10 });
    rig.listen(0x4011, 44100, 2);
    const [heard] = rig.run(500 * 100, { lanes: [0] });
    const first = samplesAfter(106, 44100) - samplesAfter(5, 44100);
    expect(heard).toEqual(samples(FMT, 2, 0, first, heard?.length as number));
  },
);

onEachCore('a stopped stream’s last block is played before the silence', async (kind) => {
  const rig = await prepared(kind);
  rig.listen(0x0510, 8000, 1); // 8 kHz: the link brings its block five frames before the clock takes it
  rig.core.advance(500 * 1);
  rig.setUp(OUTPUT, { format: 0x0510, entries: BUFFER });
  rig.start(OUTPUT);
  const [first] = rig.run(500 * 2, { lanes: [0] }); // a block came; A_8000(1) = A_8000(3) = 1
  rig.stop(OUTPUT);
  const [rest] = rig.run(500 * 12, { lanes: [0] });
  expect(first).toEqual(new Float32Array(0));
  expect(rest).toEqual(Float32Array.of(sampleAt(DATA, 0, FMT), 0));
});

onEachCore(
  'HOSTILE-H32: RUN toggled 100,000 times moves no further than time, and drops only what no clock can take',
  async (kind) => {
    const rig = await prepared(kind);
    rig.listen(0x0511, 8000, 2);
    rig.setUp(OUTPUT, { format: 0x0511, entries: BUFFER });
    let blocks = 0;
    for (let i = 0; i < 100_000; i++) {
      rig.start(OUTPUT);
      if (i % 10 === 0) {
        rig.core.advance(500);
        blocks++; // the cadence begins with a block
      }
      rig.stop(OUTPUT);
    }
    expect(rig.lpib(OUTPUT)).toBe((blocks * 4) % 0x8000);
    expect(rig.core.counters.blocksDropped).toBeGreaterThan(blocks / 2);
  },
);

it('a program beyond the core’s capacities is a RangeError that names value and limit, and changes nothing', async () => {
  const rig = await prepared('simd');
  rig.listen(FMT, 48000, 2);
  const converter = { tag: 1, firstStreamChannel: 0, format: FMT, rate: 0, lanes: [0] };
  expect(() => rig.load({ lanes: 1025 })).toThrow(/lanes: 1025 is not within 0…1024/);
  expect(() => rig.load({ lanes: 2, outputs: new Array(129).fill(converter) })).toThrow(/output converters: 129 .*128/);
  expect(() => rig.load({ outputs: [{ ...converter, lanes: [2] }] })).toThrow(/lane: 2 is not within 0…1/);
  expect(() => rig.load({ outputs: [{ ...converter, rate: 1 }] })).toThrow(/rate domain: 1 /);
  expect(() => rig.load({ outputs: [converter], ratesHz: [0] })).toThrow(/rate 0 Hz/);
  expect(() => rig.load({ ratesHz: new Array(65).fill(48000) })).toThrow(/rate domains: 65 .*64/);
  rig.setUp(OUTPUT, { format: FMT, entries: BUFFER });
  rig.start(OUTPUT);
  expect(rig.run(50 * 500, { lanes: [1] })).toEqual([samples(FMT, 2, 1, 0, 50)]);
});
