import { expect, it } from 'vitest';
import {
  DEVICE_STOPPED,
  type DXGKARG_RENDER,
  STATUS_DEVICE_REMOVED,
  STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER,
  STATUS_INVALID_USER_BUFFER,
} from '../../src/ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { STOP_INSUFFICIENT_UNDER_CONTRACT, STOP_VIDEO_MEMORY } from '../../src/dsp/kernel/stop.ts';
import type { MiniportContext } from '../../src/dsp/miniport/objects.ts';
import { COPY_BYTES, TONE_BYTES, TONE_START } from '../../src/hda/dsp-packets.ts';
import { Base, type BaseOptions, SpyMiniport } from './support/adapter.ts';
import { copy, F32_MONO, fill, mix, PCM16_STEREO, ref, stream, tone } from './support/stream.ts';

const INSUFFICIENT = STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER;
const LONG = stream([tone(ref(1, 0, 8_000_000), F32_MONO, 441.7, 0.8)]);
const OPTIONS: BaseOptions = { segmentBytes: 16 << 20, ramBytes: 20 << 20, poolBytes: 2 << 20 };

function long(options: BaseOptions = {}): { base: Base; A4: number; list: Uint32Array } {
  const base = new Base({ ...OPTIONS, ...options });
  const A4 = base.allocate(8_000_000);
  return { base, A4, list: Uint32Array.of(0, 0, A4, 1) };
}
const limits = (dmaBufferBytes: number, dmaBufferBytesMax = 65536, patchLocations = 256) => ({
  limits: { dmaBufferBytes, dmaBufferBytesMax, patchLocations },
});

it('DX-M1 two million frames: 85 packets, then 38; the sound is that of one pass, bit for bit', () => {
  const { base, A4, list } = long();
  expect(base.run(LONG, { list })).toBe(STATUS_SUCCESS);
  const { passes } = base.miniport;
  expect(passes.map(({ status }) => status)).toEqual([INSUFFICIENT, STATUS_SUCCESS]);
  expect(passes.map(({ bytes }) => bytes)).toEqual([4080, 1824]);
  expect(passes.map(({ patches }) => patches.length)).toEqual([85, 38]);
  expect([passes[0]?.multipassAfter, passes[1]?.multipassBefore]).toEqual([0x55, 0x55]);
  const second = passes[1]?.packets ?? new Uint8Array();
  expect(new DataView(second.buffer, second.byteOffset).getUint32(TONE_START, true)).toBe(1_392_640);

  const whole = long(limits(65536));
  whole.base.run(LONG, { list: whole.list });
  expect(whole.base.miniport.passes).toHaveLength(1);
  expect(Buffer.compare(base.read(A4), whole.base.read(whole.A4))).toBe(0);
});

it('DX-M2 a patch list of 50: the first pass stops at 50 elements', () => {
  const { base, list } = long(limits(4096, 65536, 50));
  base.run(LONG, { list });
  expect(base.miniport.passes[0]).toMatchObject({ status: INSUFFICIENT, bytes: 50 * TONE_BYTES, multipassAfter: 50 });
  expect(base.miniport.passes.map(({ patches }) => patches.length)).toEqual([50, 50, 23]);
});

const copies = (count: number) =>
  stream(Array.from({ length: count }, (_, n) => copy(ref(1, n * 4, 4), ref(2, n * 4, 4, 1))));

it('DX-M3 the last packet ends on the last byte: no pass more', () => {
  const base = new Base(limits(40 * COPY_BYTES));
  expect(base.run(copies(40))).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes).toHaveLength(1);
  expect(base.miniport.passes[0]?.bytes).toBe(40 * COPY_BYTES);
});

it('DX-M4 one byte short: the cursor stands after the last whole packet, the tail is as it was', () => {
  const base = new Base(limits(40 * COPY_BYTES - 1));
  const tail = () => base.engine.ram.slice(4096 * 5 + 39 * COPY_BYTES, 4096 * 5 + 40 * COPY_BYTES);
  const before = tail();
  expect(base.render(copies(40)).status).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes[0]).toMatchObject({
    status: INSUFFICIENT,
    bytes: 39 * COPY_BYTES,
    multipassAfter: 39 << 16,
  });
  expect(tail()).toEqual(before);
  base.adapter.runToIdle();
  expect(base.read(base.A1).subarray(0, 160)).toEqual(base.read(base.A2).subarray(0, 160));
});

const mix300 = stream([
  mix(
    ref(1, 0, 64),
    F32_MONO,
    Array.from({ length: 300 }, (_, n) => [ref(2, (n % 100) * 64, 64, n % 64), 0.001]),
  ),
]);

it('DX-M5 a packet longer than any DMA buffer: refused at once', () => {
  const base = new Base(limits(4096, 4096, 16384));
  expect(renderBig(base, mix300)).toBe(STATUS_INVALID_USER_BUFFER);
  expect(base.isUntouched()).toBe(true);
});

it('DX-M6 M1 on a guaranteed-contract device: refused in validation', () => {
  const { base, list } = long({ contract: true });
  expect(base.run(LONG, { list })).toBe(STATUS_INVALID_USER_BUFFER);
  expect(base.isUntouched()).toBe(true);
  const short = stream([tone(ref(1, 0, 65536), F32_MONO)]);
  expect(base.run(short, { list })).toBe(STATUS_SUCCESS);
});

it('DX-M7 a miniport that says INSUFFICIENT under contract stops the adapter', () => {
  class Broken extends SpyMiniport {
    override render(context: MiniportContext, args: DXGKARG_RENDER): NTSTATUS {
      super.render(context, args);
      return INSUFFICIENT;
    }
  }
  const base = new Base({ contract: true, Spy: Broken });
  expect(base.render(copies(1)).status).toBe(STATUS_DEVICE_REMOVED);
  expect(base.adapter.kernel.stopRecord).toEqual({
    code: STOP_VIDEO_MEMORY,
    parameter1: STOP_INSUFFICIENT_UNDER_CONTRACT,
  });
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_STOPPED);
});

it('DX-M8 MIX that clips: split by frames it is the same', () => {
  const frames = 40_000; // three packets
  const render = (pieces: number) => {
    const base = new Base({ segmentBytes: 2 << 20, ramBytes: 4 << 20 });
    const [sum, a, b] = [base.allocate(frames * 4), base.allocate(frames * 4), base.allocate(frames * 4)];
    const list = Uint32Array.of(0, 0, sum, 1, a, 1, b, 1);
    base.run(
      stream([tone(ref(2, 0, frames * 4), PCM16_STEREO, 300, 1), tone(ref(3, 0, frames * 4), PCM16_STEREO, 700, 1)]),
      { list },
    );
    const bytes = (frames * 4) / pieces;
    const commands = Array.from({ length: pieces }, (_, n) =>
      mix(ref(1, n * bytes, bytes), PCM16_STEREO, [
        [ref(2, n * bytes, bytes, 1), 1],
        [ref(3, n * bytes, bytes, 2), 1],
      ]),
    );
    expect(base.run(stream(commands), { list })).toBe(STATUS_SUCCESS);
    return base.read(sum);
  };
  const whole = render(1);
  expect(new Int16Array(whole.buffer).filter((value) => value === 32767).length).toBeGreaterThan(1000);
  expect(Buffer.compare(whole, render(10))).toBe(0);
});

it('DX-M9 a second command buffer while the first has passes to come: it runs after it', () => {
  const { base, A4, list } = long(limits(96)); // two packets a pass, four DMA buffers out at most
  expect(base.render(LONG, { list }).status).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes.length).toBeLessThan(10);
  expect(base.render(stream([fill(ref(1, 4_000_000, 4), 0x3f800000)]), { list }).status).toBe(STATUS_SUCCESS);
  base.adapter.runToIdle();
  expect(new Float32Array(base.read(A4).buffer)[1_000_000]).toBe(1);
  expect(base.miniport.passes.filter(({ status }) => status === INSUFFICIENT)).toHaveLength(61);
});

it('DX-M10 the first pass of every command buffer has MultipassOffset 0', () => {
  const { base, list } = long();
  for (let n = 0; n < 3; n++) base.run(LONG, { list });
  expect(base.miniport.passes.map(({ multipassBefore }) => multipassBefore)).toEqual([0, 0x55, 0, 0x55, 0, 0x55]);
});

it('DX-M11 a packet longer than this DMA buffer: an empty pass, then a larger buffer', () => {
  const base = new Base(limits(4096, 65536, 16384));
  expect(renderBig(base, mix300)).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes.map(({ status, bytes }) => [status, bytes])).toEqual([
    [INSUFFICIENT, 0],
    [STATUS_SUCCESS, 24 + 16 * 300],
  ]);
  base.adapter.runToIdle();
  expect(base.miniport.submits).toHaveLength(1);
});

/** Renders a stream longer than the first command buffer: a larger one is asked for with an empty one. */
function renderBig(base: Base, bytes: Uint8Array): NTSTATUS {
  base.run(stream([]), { Flags: 1, NewCommandBufferSize: 65536 });
  base.miniport.passes.length = 0;
  base.miniport.submits.length = 0;
  return base.render(bytes).status;
}
