// Verbs to codecs that do not answer (hdaudio-ddi §2.1): absent, hung, and late. The wait is a millisecond, 48 link
// frames (inferred: no page says how long).

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builtInCodecs } from '../../src/codec/index.ts';
import { codecTransfer, type HDAUDIO_CODEC_TRANSFER } from '../../src/ddi/hdaudio.ts';
import { DISPATCH_LEVEL } from '../../src/ddi/irql.ts';
import { STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import {
  PARAM_FUNCTION_TYPE,
  PARAM_REVISION_ID,
  PARAM_VENDOR_ID,
  PS_D0_D3,
  PS_EPSS,
} from '../../src/hda/parameters.ts';
import { RIRBWP } from '../../src/hda/registers.ts';
import { TICKS_PER_FRAME } from '../../src/hda/timing.ts';
import { command8, VERB_GET_PARAMETER, VERB_SET_POWER_STATE } from '../../src/hda/verbs.ts';
import { type BusOptions, between, query, V3, v3Client } from './support.ts';

const WAIT_FRAMES = 48;
const AFG = 1;
const D3COLD = 4;
const { desktop } = builtInCodecs;
const VENDOR = desktop?.vendorId ?? 0;

/** The desktop codec with a function group that D3cold makes deaf. */
const freezable = desktop && {
  ...desktop,
  functionGroups: desktop.functionGroups.map((group) => ({
    ...group,
    powerStates: (PS_D0_D3 | PS_EPSS | (1 << D3COLD)) >>> 0,
  })),
};

const good = () => codecTransfer(command8(0, 0, VERB_GET_PARAMETER, PARAM_VENDOR_ID));
const hung = () => codecTransfer(command8(0, AFG, VERB_GET_PARAMETER, PARAM_FUNCTION_TYPE));
const absent = () => codecTransfer(command8(5, 0, VERB_GET_PARAMETER, PARAM_VENDOR_ID));

/** A client of a bus whose codec has a function group that answers nothing. */
async function client(options: BusOptions = {}) {
  const started = await v3Client({ codecs: [freezable ?? null], ...options });
  const { ddi, device } = started;
  const freeze = codecTransfer(command8(0, AFG, VERB_SET_POWER_STATE, D3COLD));
  ddi.TransferCodecVerbs(ddi.Context, 1, [freeze], null, null);
  expect(freeze.Input.IsValid).toBe(true);
  const begun = device.linkTicks;
  const frames = () => Number(device.linkTicks - begun) / TICKS_PER_FRAME;
  return { ...started, frames };
}

const outcome = ({ Input }: HDAUDIO_CODEC_TRANSFER) => [Input.IsValid, Input.HasFifoOverrun, Input.Response];
const GOOD = [true, false, VENDOR];
const NONE = [false, false, 0];

it('DDI-14: a synchronous transfer waits 48 link frames for each command that a hung codec leaves unanswered', async () => {
  const { ddi, frames } = await client();
  const transfers = [good(), hung(), absent(), hung(), good()];
  expect(ddi.TransferCodecVerbs(ddi.Context, 5, transfers, null, null)).toBe(STATUS_SUCCESS);
  expect(transfers.map(outcome)).toEqual([GOOD, NONE, NONE, NONE, GOOD]);
  expect(frames()).toBe(2 * WAIT_FRAMES); // nobody waits for the codec that is not there
});

it('DDI-17: an asynchronous transfer to a hung codec calls back 48 link frames later with IsValid 0, though nobody answers', async () => {
  const { ddi, device, kernel, frames } = await client();
  const calls: unknown[][] = [];
  const transfer = hung();
  const callback = (...args: unknown[]) => calls.push([...args, frames(), kernel.irql]);
  expect(ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], callback, 'context')).toBe(STATUS_SUCCESS);
  device.advance(WAIT_FRAMES - 1);
  expect([calls, kernel.pool.usage().length]).toEqual([[], 1]);
  device.advance(100);
  expect(calls).toEqual([[transfer, 'context', WAIT_FRAMES, DISPATCH_LEVEL]]);
  expect(outcome(transfer)).toEqual(NONE);
  expect(kernel.pool.usage()).toEqual([]);
});

it('an asynchronous transfer to an absent codec calls back at once with IsValid 0 (§2.1)', async () => {
  const { ddi, frames } = await client();
  const calls: number[] = [];
  const transfers = [absent(), absent()];
  ddi.TransferCodecVerbs(ddi.Context, 2, transfers, () => calls.push(frames()), null);
  expect([calls, transfers.map(outcome)]).toEqual([[0], [NONE, NONE]]);
});

it('DDI-18: what is queued behind a hung command is sent when that is given up, each in its turn', async () => {
  const { ddi, device, frames } = await client();
  const first = [hung(), good(), hung()];
  const second = [good()];
  const calls: [string, number][] = [];
  ddi.TransferCodecVerbs(ddi.Context, 3, first, () => calls.push(['first', frames()]), null);
  ddi.TransferCodecVerbs(ddi.Context, 1, second, () => calls.push(['second', frames()]), null);
  device.advance(1000);
  expect(calls).toEqual([
    ['first', 2 * WAIT_FRAMES],
    ['second', 2 * WAIT_FRAMES],
  ]);
  expect([...first, ...second].map(outcome)).toEqual([NONE, GOOD, NONE, GOOD]);
});

it('a synchronous transfer behind a hung asynchronous one has both answered or given up when it returns (§2.1)', async () => {
  const { ddi, device, frames } = await client();
  const [early, late] = [hung(), good()];
  const calls: number[] = [];
  ddi.TransferCodecVerbs(ddi.Context, 1, [early], () => calls.push(frames()), null);
  ddi.TransferCodecVerbs(ddi.Context, 1, [late], null, null);
  expect([calls, outcome(late), frames()]).toEqual([[WAIT_FRAMES], GOOD, WAIT_FRAMES]);
  device.advance(1000);
  expect(calls).toHaveLength(1);
});

/** Hides for `frames` link frames from the driver that the RIRB gets responses. */
async function slowClient(frames: number) {
  let until = 0n;
  let pointer = 0;
  const slow = await client({
    port: (device) =>
      between(device, {
        read: (offset, _bytes, value) => (offset === RIRBWP && device.linkTicks < until ? pointer : value),
      }),
  });
  pointer = slow.device.registers.read(RIRBWP, 2);
  until = slow.device.linkTicks + BigInt(frames * TICKS_PER_FRAME);
  return slow;
}

it('a response whose interrupt got lost is found at the end of the wait (§2.1)', async () => {
  const { ddi, device, frames } = await slowClient(20);
  const calls: number[] = [];
  const transfer = good();
  ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], () => calls.push(frames()), null);
  device.advance(100);
  expect([calls, outcome(transfer)]).toEqual([[WAIT_FRAMES], GOOD]);
});

it('a codec that answers late, but within the wait, is heard by a synchronous transfer when it answers; no timer is left (§2.1)', async () => {
  const { ddi, device, frames } = await slowClient(20);
  const transfer = good();
  ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], null, null);
  expect([frames(), outcome(transfer), device.ticksToEvent]).toEqual([20, GOOD, Number.POSITIVE_INFINITY]);
});

it('a response that comes after the wait belongs to nobody: the next command gets its own answer (§2.1)', async () => {
  const { ddi, device, frames } = await slowClient(WAIT_FRAMES + 10);
  const [given, next] = [good(), codecTransfer(command8(0, 0, VERB_GET_PARAMETER, PARAM_REVISION_ID))];
  ddi.TransferCodecVerbs(ddi.Context, 1, [given], null, null);
  expect([frames(), outcome(given)]).toEqual([WAIT_FRAMES, NONE]);
  device.advance(20);
  ddi.TransferCodecVerbs(ddi.Context, 1, [next], null, null);
  expect(outcome(next)).toEqual([true, false, desktop?.revisionId]);
});

it('the controller is pulled out while a hung command is waited for: the callback comes at once, and only once (§5.4)', async () => {
  const { ddi, device, bus, frames } = await client();
  const calls: number[] = [];
  const transfers = [hung(), good()];
  ddi.TransferCodecVerbs(ddi.Context, 2, transfers, () => calls.push(frames()), null);
  device.advance(10);
  bus.surpriseRemove();
  device.advance(1000);
  expect([calls, transfers.map(outcome)]).toEqual([[10], [NONE, NONE]]);
});

it('random transfers of two clients, synchronous and not, to codecs that answer, hang and lack: each in its turn, each its own answer', async () => {
  const { ddi, bus, device, kernel } = await client({ codecs: [freezable ?? null, 'desktop'] });
  const other = query<typeof ddi>(bus, V3, 1);
  const commands = [good, hung, absent, () => codecTransfer(command8(1, 0, VERB_GET_PARAMETER, PARAM_REVISION_ID))];
  const answers = [GOOD, NONE, NONE, [true, false, desktop?.revisionId]];
  const call = fc.record({
    isFirst: fc.boolean(),
    isSync: fc.boolean(),
    kinds: fc.array(fc.nat(commands.length - 1), { minLength: 1, maxLength: 5 }),
    frames: fc.nat(200),
  });
  let hangs = 0;
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 12 }), (calls) => {
      const sent: { kinds: number[]; transfers: HDAUDIO_CODEC_TRANSFER[] }[] = [];
      const done: number[] = [];
      let waits = 0;
      for (const { isFirst, isSync, kinds, frames } of calls) {
        const { Context, TransferCodecVerbs } = isFirst ? ddi : other;
        const transfers = kinds.map((kind) => commands[kind]?.() as HDAUDIO_CODEC_TRANSFER);
        const index = sent.push({ kinds, transfers }) - 1;
        waits += kinds.filter((kind) => kind === 1).length;
        const callback = isSync ? null : () => void done.push(index);
        expect(TransferCodecVerbs(Context, transfers.length, transfers, callback, null)).toBe(STATUS_SUCCESS);
        if (isSync) done.push(index);
        device.advance(frames);
      }
      device.advance(waits * WAIT_FRAMES);
      expect(done).toEqual(sent.map((_, index) => index));
      for (const { kinds, transfers } of sent)
        expect(transfers.map(outcome)).toEqual(kinds.map((kind) => answers[kind]));
      expect([kernel.pool.usage(), device.ticksToEvent]).toEqual([[], Number.POSITIVE_INFINITY]);
      hangs += waits;
    }),
    { numRuns: 300, seed: 17 },
  );
  expect(hangs).toBeGreaterThan(1000);
});
