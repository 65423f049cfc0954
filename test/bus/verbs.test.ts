import { expect, it } from 'vitest';
import { builtInCodecs } from '../../src/codec/index.ts';
import {
  codecTransfer,
  completeResponse,
  type HDAUDIO_CODEC_RESPONSE,
  type HDAUDIO_CODEC_TRANSFER,
  unsolicitedFields,
} from '../../src/ddi/hdaudio.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../../src/ddi/irql.ts';
import {
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../../src/ddi/ntstatus.ts';
import { PARAM_REVISION_ID, PARAM_SUBORDINATE_NODES, PARAM_VENDOR_ID } from '../../src/hda/parameters.ts';
import { CORBWP, INTSTS, INTSTS_CIS, INTSTS_GIS, RIRBSTS, RIRBSTS_OIS } from '../../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER, VERB_SET_UNSOLICITED } from '../../src/hda/verbs.ts';
import { between, query, V3, v3Client } from './support.ts';

const VENDOR = builtInCodecs.desktop?.vendorId ?? 0;
const REVISION = builtInCodecs.desktop?.revisionId ?? 0;
const HEADPHONE = 0x1b;

const ask = (parameter: number, address = 0) => codecTransfer(command8(address, 0, VERB_GET_PARAMETER, parameter));

it('DDI-13: a synchronous verb to a codec that is there is answered when the call returns', async () => {
  const { ddi } = await v3Client();
  const transfer = ask(PARAM_VENDOR_ID);
  expect(ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], null, null)).toBe(STATUS_SUCCESS);
  expect(transfer.Input).toEqual({
    Response: VENDOR,
    SDataIn: 0,
    IsUnsolicitedResponse: false,
    HasFifoOverrun: false,
    IsValid: true,
  });
  expect(completeResponse(transfer.Input)).toEqual({ low: VENDOR, high: 0x80000000 });
});

it('DDI-14: a verb to an absent codec is success with IsValid 0 and no overrun, and the codecs that are there answer on', async () => {
  const { ddi, device } = await v3Client();
  for (const address of [1, 5, 14, 15]) {
    const transfer = ask(PARAM_VENDOR_ID, address);
    expect(ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], null, null)).toBe(STATUS_SUCCESS);
    expect(transfer.Input).toMatchObject({ IsValid: false, HasFifoOverrun: false });
  }
  expect(device.diagnostics.unansweredCommands).toBe(4);
  const after = ask(PARAM_VENDOR_ID);
  ddi.TransferCodecVerbs(ddi.Context, 1, [after], null, null);
  expect(after.Input.Response).toBe(VENDOR);
});

it('DDI-15: a response lost to a RIRB overrun has IsValid 0 and HasFifoOverrun 1; the next is good', async () => {
  let lose = false;
  let line = false;
  let raise: (level: boolean) => void = () => {};
  const { ddi } = await v3Client({
    port: (device) => {
      const port = between(device, {
        read: (offset, _bytes, value) => {
          if (line && offset === INTSTS) return (INTSTS_GIS | INTSTS_CIS) >>> 0;
          return line && offset === RIRBSTS ? RIRBSTS_OIS : value;
        },
        write: (offset, _bytes, value) => {
          if (offset === RIRBSTS && (value & RIRBSTS_OIS) !== 0) line = false;
          if (offset !== CORBWP || !lose) return true;
          lose = false;
          line = true;
          device.registers.write(offset, 2, value); // the command runs, and its response goes astray
          device.memory.write(rirbEntry(device), new Uint8Array([0, 0, 0, 0, 0xf, 0, 0, 0]));
          raise(true);
          return false;
        },
      });
      const rirbEntry = (d: typeof device) => d.registers.read(0x50, 4) + 8 * d.registers.read(0x58, 2);
      return {
        ...port,
        get linkTicks() {
          return device.linkTicks;
        },
        registers: {
          ...port.registers,
          get interrupt() {
            return line || device.registers.interrupt;
          },
          onInterrupt: (listener) => {
            raise = listener;
            return device.registers.onInterrupt(listener);
          },
        },
      };
    },
  });
  const transfers = [ask(PARAM_VENDOR_ID), ask(PARAM_REVISION_ID)];
  lose = true;
  expect(ddi.TransferCodecVerbs(ddi.Context, 2, transfers, null, null)).toBe(STATUS_SUCCESS);
  expect(transfers[0]?.Input).toMatchObject({ IsValid: false, HasFifoOverrun: true });
  expect(transfers[1]?.Input).toMatchObject({ IsValid: true, Response: REVISION });
});

it('DDI-16: the codec sees an array in order and each answer lands in its own element, more than the ring holds too', async () => {
  const { ddi, device } = await v3Client();
  const seen: number[] = [];
  device.record((event) => {
    if (event.kind === 'verb') seen.push(event.command);
  });
  const parameters = Array.from(
    { length: 600 },
    (_, n) => [PARAM_VENDOR_ID, PARAM_REVISION_ID, PARAM_SUBORDINATE_NODES][n % 3] ?? 0,
  );
  const transfers = parameters.map((parameter) => ask(parameter));
  expect(ddi.TransferCodecVerbs(ddi.Context, 600, transfers, null, null)).toBe(STATUS_SUCCESS);
  expect(seen).toEqual(transfers.map(({ Output }) => Output));
  expect(transfers.slice(0, 2).map(({ Input }) => Input.Response)).toEqual([VENDOR, REVISION]);
  expect(transfers.every(({ Input }, n) => Input.Response === transfers[n % 3]?.Input.Response)).toBe(true);
});

it('DDI-17, DDI-19, HOSTILE-§1.6: an asynchronous verb at DISPATCH_LEVEL is queued; its callback comes once, at DISPATCH_LEVEL, element first', async () => {
  const { ddi, kernel } = await v3Client();
  const transfer = ask(PARAM_VENDOR_ID);
  const calls: unknown[][] = [];
  const context = { mine: true };
  kernel.raise(DISPATCH_LEVEL, () => {
    const callback = (...args: unknown[]) => calls.push([...args, kernel.irql]);
    expect(ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], callback, context)).toBe(STATUS_SUCCESS);
    expect(transfer.Input.IsValid).toBe(false);
    expect(calls).toEqual([]);
  });
  expect(calls).toHaveLength(1);
  expect(calls[0]?.[0]).toBe(transfer);
  expect(calls[0]?.slice(1)).toEqual([context, DISPATCH_LEVEL]);
  expect(transfer.Input.Response).toBe(VENDOR);
  expect(kernel.irql).toBe(PASSIVE_LEVEL);
});

it('DDI-18: of two asynchronous calls the first is done before the second starts', async () => {
  const { ddi, device, kernel } = await v3Client();
  const words: number[] = [];
  device.record((event) => {
    if (event.kind === 'verb') words.push(event.command);
  });
  const first = [ask(PARAM_VENDOR_ID), ask(PARAM_REVISION_ID)];
  const second = [ask(PARAM_SUBORDINATE_NODES), ask(PARAM_VENDOR_ID)];
  const order: string[] = [];
  kernel.raise(DISPATCH_LEVEL, () => {
    ddi.TransferCodecVerbs(ddi.Context, 2, first, () => order.push('first'), null);
    ddi.TransferCodecVerbs(ddi.Context, 2, second, () => order.push('second'), null);
  });
  expect(order).toEqual(['first', 'second']);
  expect(words).toEqual([...first, ...second].map(({ Output }) => Output));
});

it('DDI-20, HOSTILE-§1.6: without nonpaged memory TransferCodecVerbs is STATUS_NO_MEMORY, nothing is sent and nobody called back', async () => {
  const { ddi, device, kernel } = await v3Client();
  const words: number[] = [];
  device.record((event) => {
    if (event.kind === 'verb') words.push(event.command);
  });
  kernel.pool.limits.nonpaged = 0;
  const never = () => words.push(-1);
  for (const callback of [null, never])
    expect(ddi.TransferCodecVerbs(ddi.Context, 1, [ask(PARAM_VENDOR_ID)], callback, null)).toBe(STATUS_NO_MEMORY);
  expect(words).toEqual([]);
  kernel.pool.limits.nonpaged = 1 << 20;
  expect(ddi.TransferCodecVerbs(ddi.Context, 1, [ask(PARAM_VENDOR_ID)], null, null)).toBe(STATUS_SUCCESS);
  expect(kernel.pool.usage()).toEqual([]);
});

it('HOSTILE-H46: Count 0, beyond the array and 2^32−1 are STATUS_INVALID_PARAMETER (§2.1, inferred)', async () => {
  const { ddi } = await v3Client();
  for (const count of [0, 2, 0xffffffff, -1, 1.5, Number.NaN])
    expect(ddi.TransferCodecVerbs(ddi.Context, count, [ask(0)], null, null)).toBe(STATUS_INVALID_PARAMETER);
  const missing = null as unknown as HDAUDIO_CODEC_TRANSFER[];
  expect(ddi.TransferCodecVerbs(ddi.Context, 1, missing, null, null)).toBe(STATUS_INVALID_PARAMETER);
});

it('a synchronous transfer above PASSIVE_LEVEL, and any above DISPATCH_LEVEL, is STATUS_UNSUCCESSFUL (§2.0)', async () => {
  const { ddi, kernel } = await v3Client();
  const send = (callback: (() => void) | null) => ddi.TransferCodecVerbs(ddi.Context, 1, [ask(0)], callback, null);
  expect(kernel.raise(DISPATCH_LEVEL, () => send(null))).toBe(STATUS_UNSUCCESSFUL);
  expect(kernel.raise(3, () => send(() => {}))).toBe(STATUS_UNSUCCESSFUL);
});

it('HOSTILE-H46: a completion callback may call back into the DDI', async () => {
  const { ddi, kernel } = await v3Client();
  const answers: number[] = [];
  const again = (transfer: HDAUDIO_CODEC_TRANSFER, left: unknown) => {
    answers.push(transfer.Input.Response);
    expect(ddi.TransferCodecVerbs(ddi.Context, 1, [ask(0)], null, null)).toBe(STATUS_UNSUCCESSFUL); // synchronous: no
    if ((left as number) > 0)
      ddi.TransferCodecVerbs(ddi.Context, 1, [ask(PARAM_VENDOR_ID)], again, (left as number) - 1);
  };
  ddi.TransferCodecVerbs(ddi.Context, 1, [ask(PARAM_VENDOR_ID)], again, 3);
  expect(answers).toEqual([VENDOR, VENDOR, VENDOR, VENDOR]);
  expect(kernel.irql).toBe(PASSIVE_LEVEL);
});

it('DDI-74, DDI-77: 64 registrations get different tags below 64; the 65th STATUS_INSUFFICIENT_RESOURCES', async () => {
  const { ddi } = await v3Client();
  const tags = Array.from({ length: 64 }, () => ddi.RegisterEventCallback(ddi.Context, () => {}, null));
  expect(new Set(tags.map(({ tag }) => tag)).size).toBe(64);
  expect(tags.every(({ tag, status }) => tag < 64 && status === STATUS_SUCCESS)).toBe(true);
  expect(ddi.RegisterEventCallback(ddi.Context, () => {}, null).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(ddi.UnregisterEventCallback(ddi.Context, 7)).toBe(STATUS_SUCCESS);
  expect(ddi.RegisterEventCallback(ddi.Context, () => {}, null).tag).toBe(7);
});

it('DDI-75: an unsolicited response reaches the routine of its tag at DISPATCH_LEVEL, response first', async () => {
  const { ddi, device, kernel } = await v3Client();
  const heard: [HDAUDIO_CODEC_RESPONSE, unknown, number][] = [];
  const others: unknown[] = [];
  for (let n = 0; n < 7; n++) ddi.RegisterEventCallback(ddi.Context, (response) => others.push(response), null);
  const routine = (response: HDAUDIO_CODEC_RESPONSE, context: unknown) => heard.push([response, context, kernel.irql]);
  const { tag } = ddi.RegisterEventCallback(ddi.Context, routine, 'context');
  expect(tag).toBe(7);
  const enable = codecTransfer(command8(0, HEADPHONE, VERB_SET_UNSOLICITED, 0x80 | tag));
  ddi.TransferCodecVerbs(ddi.Context, 1, [enable], null, null);
  device.codecs[0]?.plug(HEADPHONE, true);
  device.advance(2);
  expect(heard).toHaveLength(1);
  expect(heard[0]?.[0]).toMatchObject({ IsUnsolicitedResponse: true, IsValid: true, SDataIn: 0 });
  expect(unsolicitedFields(heard[0]?.[0].Response ?? 0).Tag).toBe(7);
  expect(heard[0]?.slice(1)).toEqual(['context', DISPATCH_LEVEL]);
  expect(others).toEqual([]);
});

it('HOSTILE-H46: a routine may unregister itself from inside; its tag is silent from then on', async () => {
  const { ddi, device, kernel } = await v3Client();
  let calls = 0;
  const statuses: number[] = [];
  const { tag } = ddi.RegisterEventCallback(
    ddi.Context,
    () => {
      calls++;
      statuses.push(ddi.UnregisterEventCallback(ddi.Context, tag)); // DISPATCH_LEVEL: refused
      kernel.ready(() => statuses.push(ddi.UnregisterEventCallback(ddi.Context, tag)));
    },
    null,
  );
  ddi.TransferCodecVerbs(
    ddi.Context,
    1,
    [codecTransfer(command8(0, HEADPHONE, VERB_SET_UNSOLICITED, 0x80 | tag))],
    null,
    null,
  );
  for (const present of [true, false, true]) {
    device.codecs[0]?.plug(HEADPHONE, present);
    device.advance(2);
  }
  expect(calls).toBe(1);
  expect(statuses).toEqual([STATUS_UNSUCCESSFUL, STATUS_SUCCESS]);
});

it('DDI-76, HOSTILE-§1.5, HOSTILE-H46: a tag that is not registered, by nobody or by another client, is STATUS_INVALID_PARAMETER for every 0…255', async () => {
  const { ddi, bus } = await v3Client();
  const other = query<typeof ddi>(bus, V3);
  const { tag } = other.RegisterEventCallback(other.Context, () => {}, null);
  for (let n = 0; n <= 255; n++) expect(ddi.UnregisterEventCallback(ddi.Context, n)).toBe(STATUS_INVALID_PARAMETER);
  expect(other.UnregisterEventCallback(other.Context, tag)).toBe(STATUS_SUCCESS);
});

it('RegisterEventCallback without a routine is STATUS_INVALID_PARAMETER (§2.13, inferred)', async () => {
  const { ddi } = await v3Client();
  expect(ddi.RegisterEventCallback(ddi.Context, null as never, null)).toEqual({
    status: STATUS_INVALID_PARAMETER,
    tag: 0,
  });
});
