// What no type checker would let through, as a driver in JavaScript may pass it (hostile-inputs §4, H46).

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type HDAUDIO_BUS_INTERFACE_BDL,
  type HDAUDIO_BUS_INTERFACE_V3,
  type HdAudioRoutines,
  INTERFACE_SLOTS,
} from '../../src/ddi/bus-interface.ts';
import { codecTransfer, encodeBufferDescriptors, PauseState, RunState } from '../../src/ddi/hdaudio.ts';
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS, statusName } from '../../src/ddi/ntstatus.ts';
import { PARAM_VENDOR_ID } from '../../src/hda/parameters.ts';
import { command8, VERB_GET_PARAMETER } from '../../src/hda/verbs.ts';
import { BDL, bdlClient, CD_LIKE, query, startBus, V3, v3Client } from './support.ts';

type Ddi = HDAUDIO_BUS_INTERFACE_V3;

const engine = (ddi: Pick<Ddi, 'AllocateRenderDmaEngine' | 'Context'>) =>
  ddi.AllocateRenderDmaEngine(ddi.Context, CD_LIKE, false).handle ?? 0;
const setState = (ddi: Pick<Ddi, 'SetDmaEngineState' | 'Context'>, state: 0 | 1 | 2, handle: number) =>
  ddi.SetDmaEngineState(ddi.Context, state, 1, [handle]);

/** Frees an engine, and what it may have got. */
function giveBack(ddi: Ddi & HDAUDIO_BUS_INTERFACE_BDL, handle: number): void {
  ddi.FreeDmaBuffer?.(ddi.Context, handle);
  ddi.FreeContiguousDmaBuffer?.(ddi.Context, handle);
  ddi.FreeDmaEngine(ddi.Context, handle);
}

const JUNK: readonly unknown[] = [
  ...[0, 1, 2, 3, -1, 1.5, 4096, 2 ** 32, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 10n],
  ...[null, undefined, true, 'x', {}, () => {}],
  ...[[], [1], [null], [{}], [undefined], [{ Output: Number.NaN, Input: null }], [codecTransfer(0)]],
  ...[CD_LIKE, { ...CD_LIKE, SampleRate: Number.NaN }, { ...CD_LIKE, NumberOfChannels: '2' }],
];

it.each([
  ['HDAUDIO_BUS_INTERFACE_V3', V3, 'win11'],
  ['HDAUDIO_BUS_INTERFACE_BDL', BDL, 'winxp'],
] as const)(
  'HOSTILE-H46: junk in any argument of %s is a status, never an exception, and a stream plays on',
  async (_name, guid, windows) => {
    const { bus, device, kernel } = await startBus({ windows });
    type Any = (...args: unknown[]) => { status?: number } | number | null | undefined;
    const ddi = query<Ddi & HDAUDIO_BUS_INTERFACE_BDL>(bus, guid);
    const handle = engine(ddi);
    const block = guid === BDL ? ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, 4096) : null;
    if (block) {
      const half = (n: number) => ({
        Address: (block.dataBuffer?.physicalAddress ?? 0) + 2048 * n,
        Length: 2048,
        InterruptOnCompletion: false,
      });
      block.bdlBuffer?.write(0, encodeBufferDescriptors([half(0), half(1)]));
      ddi.SetupDmaEngineWithBdl(ddi.Context, handle, 4096, 1, () => {}, null);
    } else ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
    setState(ddi, PauseState, handle);
    setState(ddi, RunState, handle);
    const { position } = ddi.GetLinkPositionRegister(ddi.Context, handle);
    let calls = 0;
    const call = (routine: keyof HdAudioRoutines, context: unknown, args: readonly unknown[]) => {
      const result = (ddi[routine] as Any)(context, ...args);
      const status = typeof result === 'object' ? (result?.status ?? STATUS_SUCCESS) : result;
      expect([routine, statusName(status ?? 0)]).toEqual([routine, expect.stringMatching(/^STATUS_/)]);
      device.advance(1);
      calls++;
    };
    const routines = INTERFACE_SLOTS[guid] ?? [];
    for (const routine of routines) for (const a of JUNK) for (const b of JUNK) call(routine, ddi.Context, [a, b]);
    for (const routine of routines) for (const a of JUNK) call(routine, a, [handle]);
    for (const routine of routines) {
      const spare = engine(ddi); // in Reset, and what junk does to it is its own affair
      for (const a of JUNK) for (const b of JUNK) call(routine, ddi.Context, [spare, a, b]);
      for (const a of JUNK) call(routine, ddi.Context, [RunState, 1, a]);
      giveBack(ddi, spare);
    }
    const argument = fc.constantFrom(...JUNK);
    fc.assert(
      fc.property(fc.constantFrom(...routines), fc.array(argument, { minLength: 3, maxLength: 6 }), (routine, args) =>
        call(routine, ddi.Context, args),
      ),
      { numRuns: 10_000, seed: 46 },
    );
    // Nobody stopped it, and no transfer took time: a codec that is not there is not waited for.
    expect(position?.value).toBe((4 * calls) % 4096);
    const ask = codecTransfer(command8(0, 0, VERB_GET_PARAMETER, PARAM_VENDOR_ID));
    ddi.TransferCodecVerbs(ddi.Context, 1, [ask], null, null);
    expect([ask.Input.IsValid, kernel.irql]).toEqual([true, 0]);
  },
);

it('HOSTILE-H46: what could only fail in an interrupt is refused at the call: routines that are none, events that cannot be set', async () => {
  const { ddi } = await v3Client();
  const xp = (await bdlClient()).ddi;
  const [handle, own] = [engine(ddi), engine(xp)];
  xp.AllocateContiguousDmaBuffer(xp.Context, own, 4096);
  const fdo = { reference: () => {}, dereference: () => {} };
  for (const junk of JUNK.filter((value) => typeof value !== 'function')) {
    const no = junk as never;
    const statuses = [
      ddi.RegisterNotificationEvent(ddi.Context, handle, no),
      ddi.RegisterNotificationCallback(ddi.Context, handle, fdo, no, null),
      ddi.RegisterNotificationCallback(ddi.Context, handle, no, () => {}, null),
      ddi.RegisterEventCallback(ddi.Context, no, null).status,
      xp.SetupDmaEngineWithBdl(xp.Context, own, 4096, 1, no, null).status,
      junk ? ddi.TransferCodecVerbs(ddi.Context, 1, [codecTransfer(0)], no, null) : STATUS_INVALID_PARAMETER,
    ];
    expect(statuses).toEqual(statuses.map(() => STATUS_INVALID_PARAMETER));
  }
});
