import { expect, it } from 'vitest';
import {
  ALLOCATIONLIST_WRITE_OPERATION,
  DEVICE_ACTIVE,
  STATUS_GRAPHICS_DRIVER_MISMATCH,
  STATUS_ILLEGAL_INSTRUCTION,
  STATUS_INVALID_USER_BUFFER,
  STATUS_PRIVILEGED_INSTRUCTION,
} from '../../src/ddi/dxgk.ts';
import {
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_SUCCESS,
} from '../../src/ddi/ntstatus.ts';
import { Base } from './support/adapter.ts';
import { createTestEngine } from './support/engine.ts';
import {
  EACH,
  mutate,
  mutateList,
  pick,
  type Random,
  randomPatches,
  SIZES,
  seeded,
  validStream,
} from './support/mutations.ts';
import { withScribbler } from './support/scribbler.ts';

/** Submissions of the long run: AZALIA_FUZZ=1000000. */
const SUBMISSIONS = Number(process.env.AZALIA_FUZZ ?? 20_000);
const SEED = Number(process.env.AZALIA_FUZZ_SEED ?? 1);
const LONG = { timeout: 60_000 + SUBMISSIONS };

const TABLE = new Set([
  STATUS_SUCCESS,
  STATUS_NO_MEMORY,
  STATUS_PRIVILEGED_INSTRUCTION,
  STATUS_ILLEGAL_INSTRUCTION,
  STATUS_INVALID_PARAMETER,
  STATUS_INVALID_USER_BUFFER,
  STATUS_INVALID_HANDLE,
  STATUS_GRAPHICS_DRIVER_MISMATCH,
]);

/** A base whose app owns four allocations and may read a fifth; everything else in RAM is a canary. */
function arena() {
  const base = new Base({ segmentBytes: 512 << 10, poolBytes: 256 << 10, ramBytes: 1 << 20 });
  const { allocations } = base.adapter;
  allocations.destroy(base.D, base.A1);
  allocations.destroy(base.D, base.A2);
  const E = base.adapter.createDevice().hDevice;
  const secret = allocations.create({ hDevice: E, bytes: 16_384, shared: true });
  const handles = SIZES.map((bytes, n) => base.allocate(bytes, { isState: n > 1 }));
  const readOnly = allocations.open(base.D, secret.hShared, true).hAllocation;
  base.touch(handles.slice(0, 3));
  base.touch([secret.hAllocation], E);
  base.adapter.kernel.videoMemory.makeResident(base.allocation(handles[3] ?? 0), new Set());
  base.adapter.runToIdle();
  const writable = [0, 2, 3];
  const list = Uint32Array.from([
    ...[0, 0],
    ...handles.flatMap((handle, n) => [handle, writable.includes(n) ? ALLOCATIONLIST_WRITE_OPERATION : 0]),
    ...[readOnly, 0],
  ]);
  // What the app owns and the kernel's pool may change; all else stays as it is now.
  const { ram } = base.engine;
  const mine = handles
    .map((handle) => base.allocation(handle))
    .map(({ address, bytes }) => [address, address + bytes] as const);
  const free = [[4096, 4096 + (256 << 10)] as const, ...mine].sort(([a], [b]) => a - b);
  const before = ram.slice();
  const intact = () => {
    let at = 0;
    for (const [start, end] of [...free, [ram.length, ram.length] as const]) {
      if (Buffer.compare(ram.subarray(at, start), before.subarray(at, start)) !== 0) return false;
      at = end;
    }
    return true;
  };
  return { base, handles: [...handles, readOnly, secret.hAllocation, base.C, base.D, secret.hShared], list, intact };
}

function check({ base, intact }: ReturnType<typeof arena>): void {
  base.adapter.runToIdle();
  expect(base.adapter.kernel.stopRecord).toBeNull();
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ACTIVE);
  expect(intact()).toBe(true);
  for (const record of [base.miniport.passes, base.miniport.submits, base.miniport.patchCalls]) record.length = 0;
}

it(`${SUBMISSIONS} mutated submissions: a status of the table, no throw, no byte that is not the app’s`, LONG, () => {
  const place = arena();
  const { base, list, handles } = place;
  const random = seeded(SEED);
  const seen = new Map<number, number>();
  for (let n = 0; n < SUBMISSIONS; n++) {
    const bytes = mutate(validStream(random), random);
    const request = random() < 0.03 ? oddRequest(random, bytes.length) : {};
    const { status } = base.render(bytes.subarray(0, base.user.commandBufferBytes), {
      list: mutateList(list, handles, random),
      patches: randomPatches(random),
      ...request,
    });
    if (!TABLE.has(status)) throw new Error(`submission ${n}: status ${status.toString(16)} is not in the table`);
    seen.set(status, (seen.get(status) ?? 0) + 1);
    if (random() < 0.2) base.adapter.run(1 + Math.floor(random() * 8));
    if (random() < 0.02) base.adapter.kernel.scheduler.preempt(0);
    if (n % 100 === 99) check(place);
  }
  check(place);
  expect(seen.size).toBe(TABLE.size - (seen.has(STATUS_NO_MEMORY) ? 0 : 1));
  expect(seen.get(STATUS_SUCCESS)).toBeGreaterThan(SUBMISSIONS * 0.2);
});

function oddRequest(random: Random, length: number) {
  const odd = () => pick(random, [0, 1, 31, 32, 33, length, 4096, 4097, -1, 0.5, Number.NaN, 0xffffffff, 2 ** 53]);
  return {
    CommandLength: random() < 0.5 ? length : odd(),
    CommandOffset: random() < 0.5 ? 0 : odd(),
    NumAllocations: random() < 0.7 ? 6 : odd(),
    NumPatchLocations: random() < 0.7 ? 0 : odd(),
    Flags: random() < 0.7 ? 0 : odd(),
  };
}

it('a second thread writes command buffer and lists during every Render: the same holds', LONG, async () => {
  const place = arena();
  const { base, list, handles } = place;
  const random = seeded(SEED + 1);
  const values = [0, 1, 2, 3, 4, 8, 40, 0x8001, 0x10001, 0xfffffff8, 65536, 48000];
  const words = Array.from({ length: 40 }, (_, n) => ({ at: 2 + n, values }));
  const seen = new Set<number>();
  const submissions = Math.max(3000, SUBMISSIONS / 10);
  const work = () => {
    for (let n = 0; n < submissions; n++) {
      const { status } = base.render(pick(random, EACH), { list, patches: randomPatches(random) });
      if (!TABLE.has(status)) throw new Error(`status ${status.toString(16)} is not in the table`);
      seen.add(status);
      if (n % 50 === 49) check(place);
    }
  };
  expect(await withScribbler(base.user.commandBuffer, words, work)).toBeGreaterThan(100);
  const entries = handles.map((_, n) => ({ at: n, values: [...handles, 0, 1, 2] }));
  expect(await withScribbler(base.user.allocationList, entries, work)).toBeGreaterThan(100);
  const locations = Array.from({ length: 18 }, (_, n) => ({ at: n, values: [0, 1, 2, 32, 40, 56] }));
  expect(await withScribbler(base.user.patchLocationList, locations, work)).toBeGreaterThan(100);
  check(place);
  expect(seen.size).toBeGreaterThan(3);
});

it('mutated packets before the bare engine: it stops at them, and never writes the pool or beyond RAM', LONG, () => {
  const POOL = 64 << 10;
  const engine = createTestEngine(512 << 10);
  const random = seeded(SEED + 2);
  engine.protect(4096, 4096 + POOL);
  const before = engine.ram.slice(0, 4096 + POOL);
  const base = new Base();
  const handles = SIZES.map((bytes) => base.allocate(bytes));
  base.touch(handles);
  const list = Uint32Array.from([0, 0, ...handles.flatMap((handle) => [handle, 1])]);
  const packets = EACH.map((bytes) => {
    base.render(bytes, { list });
    const packet = base.miniport.passes.at(-1)?.packets ?? new Uint8Array(0);
    base.adapter.runToIdle();
    return packet;
  }).filter((packet) => packet.length > 0);
  // Addresses of the other base's segment, moved to where this RAM ends or begins.
  const places = [4096 + POOL, 200_000, 300_000, (512 << 10) - 4096, 4096, 8, 0xfffff000];
  let stopped = 0;
  for (let n = 0; n < SUBMISSIONS; n++) {
    const packet = mutate(pick(random, packets), random);
    const view = new DataView(packet.buffer);
    for (const at of [8, 16, 24, 32])
      if (at + 4 <= packet.length && random() < 0.8) view.setUint32(at, pick(random, places), true);
    engine.ram.set(before);
    engine.ram.set(packet.subarray(0, 2048), 8192);
    const end = 8192 + packet.length;
    const stop = engine.execute(8192, end, 4);
    if (stop !== end) stopped++;
    expect(stop >= 8192 && stop <= end).toBe(true);
    engine.ram.set(before.subarray(8192, 8192 + 4096), 8192);
    expect(Buffer.compare(engine.ram.subarray(4096, 4096 + POOL), before.subarray(4096))).toBe(0);
  }
  expect(stopped).toBeGreaterThan(SUBMISSIONS / 10);
  expect(stopped).toBeLessThan(SUBMISSIONS);
});
