import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../bench/resampling.ts';
import { type CommandList, commands } from '../../src/dsp/commands.ts';
import { COMMANDS, type CommandRow } from '../../src/dsp/commands-table.ts';
import { frameBytesOf } from '../../src/dsp/format.ts';
import { resamplerStateBytes } from '../../src/dsp/resampler.ts';
import { BIQUAD_FORMAT, CONVERT_FRAMES, DSP_CONVERT, PACKET_BYTES, PACKET_OPCODE } from '../../src/hda/dsp-packets.ts';
import { createJob, LONGEST_PACKET, results, runJob } from './support/job.ts';
import { float, pcm } from './support/sounds.ts';

const FRAMES = 40_000; // three packets a command
let whole: Buffer;
beforeAll(() => {
  whole = runJob(createJob(FRAMES, { limits: { dmaBufferBytes: 65536 } }));
});

const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

it('the job is no silence', () => {
  expect(whole.filter((byte) => byte !== 0).length).toBeGreaterThan(whole.length / 2);
});

it.each([LONGEST_PACKET, LONGEST_PACKET + 8, 120, 200, 1000, 4096])(
  'DMA buffers of %i bytes: the same output',
  (dmaBufferBytes) => {
    const job = createJob(FRAMES, { limits: { dmaBufferBytes } });
    expect(Buffer.compare(runJob(job), whole)).toBe(0);
  },
);

it('preempted once, at each packet boundary in turn: the same output', () => {
  for (let packets = 1, preempted = true; preempted; packets++) {
    const job = createJob(FRAMES);
    const { adapter } = job.connection.device;
    job.connection.context.submit(job.list);
    for (let n = 0; n < packets; n++) adapter.run(1);
    preempted = adapter.kernel.scheduler.head !== null;
    adapter.kernel.scheduler.preempt(0);
    adapter.runToIdle();
    expect(Buffer.compare(results(job), whole)).toBe(0);
  }
});

it.each([1, 2, 3, 4, 5, 6])('preempted, evicted and sliced at random (seed %i): the same output', (seed) => {
  const next = random(seed);
  const job = createJob(FRAMES, { limits: { dmaBufferBytes: 72 + 8 * Math.floor(next() * 40) } });
  const { adapter } = job.connection.device;
  const { scheduler, videoMemory, devices } = adapter.kernel;
  const allocations = [...devices].flatMap((device) => [...device.bindings]).map((binding) => binding.allocation);
  job.connection.context.submit(job.list);
  let preemptions = 0;
  let evictions = 0;
  for (let slices = 0; adapter.run(1 + Math.floor(next() * 4)); slices++) {
    expect(slices).toBeLessThan(10_000);
    if (next() < 0.6 && ++preemptions) scheduler.preempt(next() < 0.8 ? 0 : 1);
    const allocation = allocations[Math.floor(next() * allocations.length)];
    if (next() < 0.3 && allocation?.pins === 0 && ++evictions) videoMemory.evict(allocation);
  }
  expect(adapter.kernel.stopRecord).toBeNull();
  expect([preemptions > 3, evictions > 0]).toEqual([true, true]);
  expect(Buffer.compare(results(job), whole)).toBe(0);
});

it('a segment too small for all of it at once: portions, paging, the same output', () => {
  const job = createJob(FRAMES, { segment: { start: 4096 + (1 << 20), bytes: 1300 * 1024 } });
  expect(Buffer.compare(runJob(job), whole)).toBe(0);
});

it('two contexts in turn on one engine: each has the same output', () => {
  const job = createJob(FRAMES, { limits: { dmaBufferBytes: 200 } });
  const { device } = job.connection;
  const noise = device.createContext().value;
  const other = device.allocate({ bytes: 400_000 }).value;
  if (!noise || !other) throw new Error('no context');
  job.connection.context.submit(job.list);
  const list = commands.noise({ into: other, format: float(), amplitude: 1 });
  for (let n = 0; n < 20; n++) noise.submit(list);
  device.adapter.runToIdle();
  expect(Buffer.compare(results(job), whole)).toBe(0);
});

it('the scalar core gives the same bits as the SIMD core', () => {
  const base64 = readFileSync('build/core.scalar.wasm').toString('base64');
  expect(Buffer.compare(runJob(createJob(FRAMES, { base64 })), whole)).toBe(0);
});

describe('a packet cut at any frame gives the same bits', () => {
  const frames = 5000;
  const bytes = frames * 8;
  const stereo = float(2, 44100);

  /** Each splittable command once, into buffers a and b; s is state. */
  const cases: [
    string,
    (
      make: (size: number) => { buffer: ReturnType<ReturnType<typeof connect>['allocate']>; bytes: number },
    ) => CommandList,
  ][] = [
    [
      'TONE',
      (make) => commands.tone({ into: make(bytes), format: stereo, frequencyHz: 997, amplitude: 0.5, phase: 0.3 }),
    ],
    [
      'TONE square',
      (make) => commands.tone({ into: make(bytes), format: stereo, frequencyHz: 97, amplitude: 0.5, wave: 'square' }),
    ],
    [
      'SWEEP',
      (make) =>
        commands.sweep({
          into: make(bytes),
          format: stereo,
          fromHz: 20,
          toHz: 9000,
          frames: 3000,
          amplitude: 1,
          firstFrame: 77,
        }),
    ],
    [
      'NOISE',
      (make) => commands.noise({ into: make(bytes), format: stereo, amplitude: 1, pink: true, firstFrame: 12_345 }),
    ],
    ['GAIN', (make) => commands.gain({ into: make(bytes), from: make(bytes), format: stereo, start: 0, end: 3 })],
    [
      'CONVERT',
      (make) =>
        commands.convert({
          into: make(bytes / 2),
          intoFormat: pcm(16, 2, 44100),
          from: make(bytes),
          fromFormat: stereo,
          frames,
          ditherSeed: 5,
        }),
    ],
    [
      'MIX',
      (make) =>
        commands.mix({ into: make(bytes), format: stereo, sources: [{ from: make(bytes), gain: 2 }], add: true }),
    ],
    [
      'BIQUAD',
      (make) =>
        commands.biquad({
          into: make(bytes),
          from: make(bytes),
          format: stereo,
          coefficients: make(40),
          state: make(32),
        }),
    ],
    [
      'RESAMPLE',
      (make) =>
        commands.resample({
          into: make(bytes),
          intoFormat: stereo,
          from: make(bytes * 2),
          fromFormat: float(2, 48000),
          state: make(resamplerStateBytes(48000, 44100, 2)),
          ratio: 1.08,
          endRatio: 1.1,
        }),
    ],
  ];

  it.each(cases)('%s', (name, build) => {
    const run = (cuts: readonly number[]): Buffer => {
      const { engine, context, device, allocate } = connect();
      const next = random(1);
      const buffers: ReturnType<typeof allocate>[] = [];
      const list = build((size) => {
        const buffer = allocate(size);
        buffers.push(buffer);
        // State begins as zeros; everything else as noise of moderate size.
        if (size !== 32 && size % 8 === 0 && size !== resamplerStateBytes(48000, 44100, 2)) {
          const samples = Float32Array.from({ length: size / 4 }, () => next() - 0.5);
          buffer.write(
            size === 40
              ? new Uint8Array(Float64Array.of(0.5, 0.2, 0.1, -0.4, 0.3).buffer)
              : new Uint8Array(samples.buffer),
          );
        }
        return { buffer, bytes: size };
      });
      context.submit(list);
      const { scheduler } = device.adapter.kernel;
      while (!scheduler.head) {
        scheduler.schedule();
        device.adapter.kernel.paging.drain();
        scheduler.schedule();
      }
      const submission = scheduler.head;
      for (const packet of cutPacket(
        engine.ram.slice(submission.address, submission.address + submission.bytes),
        cuts,
      )) {
        engine.ram.set(packet, submission.address);
        const end = submission.address + packet.length;
        expect([engine.execute(submission.address, end, 1), engine.fault]).toEqual([end, 0]);
      }
      for (const node of device.adapter.kernel.miniport.nodes) node.reset();
      const written = [...device.adapter.kernel.devices].flatMap((each) => [...each.bindings]);
      // The resampler's state also holds what its last block left over; what it means for the sound, the cuts show.
      const compared = name === 'RESAMPLE' ? written.slice(0, 1) : written;
      return Buffer.concat(
        compared.map(({ allocation: { address, bytes: size } }) => engine.ram.slice(address, address + size)),
      );
    };
    const uncut = run([]);
    const next = random(7);
    expect(Buffer.compare(run([1]), uncut)).toBe(0);
    expect(Buffer.compare(run([1, 2, 3, 4, 5, 4999]), uncut)).toBe(0);
    for (let n = 0; n < 3; n++) {
      const cuts = Array.from({ length: 20 }, () => 1 + Math.floor(next() * 4998));
      expect(Buffer.compare(run([...new Set(cuts)].sort((a, b) => a - b)), uncut)).toBe(0);
    }
  });
});

/** One packet as several, cut before these frames. */
function cutPacket(packet: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const row = COMMANDS.get(view.getUint16(PACKET_OPCODE, true)) as CommandRow;
  const bytes = view.getUint32(PACKET_BYTES, true);
  // Formats are where the command’s fields went; MIX, SWEEP and the rest have one, CONVERT and RESAMPLE two.
  const formatOf = (user: number) => {
    const field = row.fields.find(([from]) => from === user);
    return view.getUint32(field?.[1] ?? BIQUAD_FORMAT, true);
  };
  const first = row.operands[0];
  const total = view.getUint32((first?.packet ?? 0) + 4, true) / frameBytesOf(formatOf(first?.format ?? 0));
  const edges = [0, ...cuts, total];
  return edges.slice(0, -1).map((from, n) => {
    const to = edges[n + 1] ?? total;
    const part = packet.slice(0, bytes);
    const out = new DataView(part.buffer);
    const mixSources = Array.from({ length: row.name === 'MIX' ? 1 : 0 }, () => ({
      packet: 24,
      format: 24,
      split: true,
    }));
    for (const operand of [...row.operands, ...mixSources]) {
      if (!operand.split) continue;
      const frame = frameBytesOf(formatOf(operand.format));
      out.setUint32(operand.packet, view.getUint32(operand.packet, true) + from * frame, true);
      out.setUint32(operand.packet + 4, (to - from) * frame, true);
    }
    if (row.start !== 0) out.setUint32(row.start, view.getUint32(row.start, true) + from, true);
    if (row.opcode === DSP_CONVERT) out.setUint32(CONVERT_FRAMES, to - from, true);
    return part;
  });
}
