import {
  type AzCorbEntry,
  type AzRirbEntry,
  decodeResponsePacket,
  encodeAzCorbEntry,
  encodeCommandPacket,
  type HANDLE,
  IOCTL_AZALIABUS_SENDVERBS,
  unsolicitedFields,
} from 'azalia/driver-kit';
import { createMachine, type Machine } from 'azalia/machine';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builtInCodecs } from '../../src/codec/index.ts';
import { PARAM_REVISION_ID, PARAM_SUBORDINATE_NODES, PARAM_VENDOR_ID } from '../../src/hda/parameters.ts';
import {
  command8,
  command16,
  VERB_FUNCTION_RESET,
  VERB_GET_CONFIGURATION_DEFAULT,
  VERB_GET_PARAMETER,
  VERB_GET_PIN_CONTROL,
  VERB_SET_AMP_GAIN_MUTE,
  VERB_SET_CONFIGURATION_DEFAULT,
  VERB_SET_EAPD,
  VERB_SET_PIN_CONTROL,
  VERB_SET_SUBSYSTEM_ID,
} from '../../src/hda/verbs.ts';

const PIN = 0x14;
const DAC = 0x02;
const VENDOR = builtInCodecs.desktop?.vendorId ?? 0;

async function opened() {
  const machine = await createMachine({ outputRateHz: 'stream' });
  machine.windows.boot();
  const { userMode, controllerNode } = machine.windows;
  const handle = userMode.CreateFile(controllerNode?.children[0]?.instancePath ?? '');
  expect(handle).toBeGreaterThan(0);
  const send = (commands: number[]) =>
    userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, encodeCommandPacket(commands), 4 + 8 * commands.length);
  const verbs: number[] = [];
  const events: string[] = [];
  machine.record((event) => {
    events.push(event.kind);
    if (event.kind === 'verb') verbs.push(event.command);
  });
  return { machine, userMode, handle, send, verbs, events };
}
const get = (parameter: number) => command8(0, 0, VERB_GET_PARAMETER, parameter);

it('DDI-91: the control code is 0x00220004', () => {
  expect(IOCTL_AZALIABUS_SENDVERBS).toBe(0x00220004);
});

/** The sample of seed 001, line by line: what it prints is thrown. */
function SendVerb({ windows }: Machine, handle: HANDLE, verb: AzCorbEntry): AzRirbEntry {
  const c = encodeCommandPacket([encodeAzCorbEntry(verb)]);
  const sizeofR = 12;
  const rc = windows.userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, c, sizeofR);
  if (!rc.ok) throw new Error('Failed to communicate with the device!');
  if (rc.bytesReturned !== sizeofR) throw new Error('Wrong number of bytes returned!');
  const [response] = decodeResponsePacket(rc.output);
  if (!response) throw new Error('no response');
  return response;
}

it('the sample of seed 001 returns the vendor id', async () => {
  const { machine, handle } = await opened();
  const verb = { Verb: (VERB_GET_PARAMETER << 8) | PARAM_VENDOR_ID, NodeId: 0, IndirectNID: 0, LinkId: 0 } as const;
  expect(SendVerb(machine, handle, verb)).toEqual({ Response: VENDOR, Sdi: 0, Unsolicited: false, Valid: true });
  const absent = SendVerb(machine, handle, { ...verb, LinkId: 5 });
  expect([absent.Valid, absent.Response]).toEqual([false, 0]);
  expect(() => SendVerb(machine, 77, verb)).toThrow('Failed to communicate');
});

it('AzCorbEntry and AzRirbEntry have the bits of seed 001, the unsolicited form too (§4.2)', () => {
  const entry = { Verb: 0xabcde, NodeId: 0x55, IndirectNID: 1, LinkId: 9 } as const;
  expect(encodeAzCorbEntry(entry)).toBe(0x9d5abcde);
  expect(encodeAzCorbEntry({ Verb: 0x1f00001, NodeId: 0x1ff, IndirectNID: 0, LinkId: 0x1f })).toBe(0xf7f00001);
  const packet = new DataView(new ArrayBuffer(12));
  packet.setUint32(0, 1, true);
  packet.setUint32(4, 0xfe300005, true);
  packet.setUint32(8, 0x80000013, true);
  const [response] = decodeResponsePacket(new Uint8Array(packet.buffer));
  expect(response).toEqual({ Response: 0xfe300005, Sdi: 3, Unsolicited: true, Valid: true });
  expect(unsolicitedFields(response?.Response ?? 0)).toEqual({ Response: 0x100005, SubTag: 17, Tag: 63 });
});

it('DDI-92: one Get verb: 8 bytes in, 12 out, the response at offset 4 (the sample of seed 001)', async () => {
  const { send } = await opened();
  const { ok, bytesReturned, output } = send([get(PARAM_VENDOR_ID)]);
  expect([ok, bytesReturned]).toEqual([true, 12]);
  const view = new DataView(output.buffer);
  expect([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)]).toEqual([1, VENDOR, 0x80000000]);
});

it('DDI-93: three Gets in one packet are answered for the commands as they came, 28 bytes', async () => {
  const { send } = await opened();
  const parameters = [PARAM_VENDOR_ID, PARAM_REVISION_ID, PARAM_SUBORDINATE_NODES];
  const { bytesReturned, output } = send(parameters.map(get));
  expect(bytesReturned).toBe(28);
  const alone = parameters.map((parameter) => decodeResponsePacket(send([get(parameter)]).output)[0]?.Response);
  expect(decodeResponsePacket(output).map(({ Response }) => Response)).toEqual(alone);
  expect(new Set(alone).size).toBe(3);
});

it('DDI-94: Set verbs but for pin configuration are not sent; their entries are Response 0, Valid 0 (§4.4, inferred)', async () => {
  const { send, verbs } = await opened();
  const refused = [
    command8(0, PIN, VERB_SET_PIN_CONTROL, 0x40),
    command8(0, PIN, VERB_SET_EAPD, 2),
    command8(0, 1, VERB_SET_SUBSYSTEM_ID, 1),
    command8(0, 1, VERB_FUNCTION_RESET, 0),
    command16(0, DAC, VERB_SET_AMP_GAIN_MUTE, 0xb000),
    command8(0, DAC, VERB_SET_CONFIGURATION_DEFAULT, 1), // not a pin
    command16(0, PIN, 6, 0), // reserved
  ];
  const { ok, output } = send([...refused, command8(0, PIN, VERB_GET_PIN_CONTROL, 0)]);
  expect(ok).toBe(true);
  const entries = decodeResponsePacket(output);
  expect(entries.slice(0, -1)).toEqual(refused.map(() => ({ Response: 0, Sdi: 0, Unsolicited: false, Valid: false })));
  expect(entries.at(-1)?.Valid).toBe(true);
  expect(verbs).toEqual([command8(0, PIN, VERB_GET_PIN_CONTROL, 0)]);
});

it('DDI-95: 71C–71F then F1C read the new configuration default back', async () => {
  const { send } = await opened();
  const sets = [0x1f, 0x40, 0x21, 0x02].map((byte, n) => command8(0, PIN, VERB_SET_CONFIGURATION_DEFAULT + n, byte));
  const { output } = send([...sets, command8(0, PIN, VERB_GET_CONFIGURATION_DEFAULT, 0)]);
  expect(decodeResponsePacket(output).at(-1)?.Response).toBe(0x0221401f);
});

it('malformed packets get a Win32 error and touch nothing (§4.3)', async () => {
  const { userMode, handle, events } = await opened();
  const packet = (count: number, ...commands: number[]) => {
    const bytes = new DataView(new ArrayBuffer(4 + 4 * commands.length));
    bytes.setUint32(0, count, true);
    commands.forEach((command, index) => {
      bytes.setUint32(4 + 4 * index, command, true);
    });
    return new Uint8Array(bytes.buffer);
  };
  const rows: [string, Uint8Array | null, number, number][] = [
    ['no input', null, 12, 87],
    ['4 bytes', packet(1), 12, 87],
    ['7 bytes', packet(1, 0).subarray(0, 7), 12, 87],
    ['NumCommands 0', packet(0, get(0)), 12, 87],
    ['NumCommands 2^32 − 1', packet(0xffffffff, get(0)), 12, 87],
    ['NumCommands 0x40000000: 4·n wraps 32 bits', packet(0x40000000, get(0)), 12, 87],
    ['one command too few', packet(2, get(0)), 20, 87],
    ['misaligned: three quarters of the last command', packet(2, get(0), get(2)).subarray(0, 11), 20, 87],
    ['misaligned: NumCommands and a byte', packet(1, 0).subarray(0, 5), 12, 87],
    ['output between two responses', packet(2, get(0), get(2)), 15, 122],
    ['output one byte short', packet(1, get(0)), 11, 122],
    ['no output', packet(1, get(0)), 0, 122],
  ];
  for (const [name, input, outputBytes, error] of rows) {
    const result = userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, input, outputBytes);
    expect([name, result.ok, result.lastError, result.bytesReturned]).toEqual([name, false, error, 0]);
    expect(result.output.every((byte) => byte === 0)).toBe(true);
  }
  expect(userMode.DeviceIoControl(handle, 0x00220008, packet(1, get(0)), 12).lastError).toBe(1); // another code
  expect(events).toEqual([]); // no register was touched, no verb sent
});

it('any bytes at all: the error of §4.3, or as many responses as commands, and no verb but those that may be sent', async () => {
  const { userMode, handle, verbs } = await opened();
  const word = fc.oneof(
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.constantFrom(get(PARAM_VENDOR_ID), command8(0, PIN, VERB_SET_PIN_CONTROL, 0), command16(0, DAC, 0xb, 0x8000)),
  );
  const packets = fc.tuple(fc.array(word, { maxLength: 8 }), fc.nat(3), fc.nat(72));
  let done = 0;
  fc.assert(
    fc.property(packets, ([words, cut, outputBytes]) => {
      const bytes = new Uint8Array(new Uint32Array(words).buffer);
      const input = bytes.subarray(0, Math.max(0, bytes.length - cut));
      const count = words[0] ?? 0;
      const isShort = input.length < 8 || count === 0 || input.length < 4 + 4 * count;
      const error = isShort ? 87 : outputBytes < 4 + 8 * count ? 122 : 0;
      verbs.splice(0);
      const result = userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, input, outputBytes);
      const returned = error ? 0 : 4 + 8 * count;
      expect([result.ok, result.lastError, result.bytesReturned]).toEqual([error === 0, error, returned]);
      expect(result.output).toHaveLength(outputBytes);
      expect(result.output.subarray(returned).every((byte) => byte === 0)).toBe(true);
      const commands = error ? [] : words.slice(1, 1 + count);
      const id4 = (command: number) => (command >>> 16) & 0xf;
      const isGet = (command: number) => [0xa, 0xb, 0xc, 0xd, 0xf].includes(id4(command));
      const isPinSet = (command: number) =>
        id4(command) === 7 && ((command >>> 8) & 0xff) >= 0x1c && ((command >>> 8) & 0xff) <= 0x1f;
      expect(commands.filter((command) => isGet(command) || verbs.includes(command))).toEqual(verbs);
      expect(verbs.every((command) => isGet(command) || isPinSet(command))).toBe(true);
      if (!error) done++;
    }),
    { numRuns: 5000, seed: 1 },
  );
  expect(done).toBeGreaterThan(200);
});

it('a packet longer than its commands, at an odd address too, is done as far as NumCommands goes (§4.3, inferred)', async () => {
  const { userMode, handle, verbs } = await opened();
  const packet = encodeCommandPacket([get(0), get(2)]);
  packet[0] = 1; // NumCommands
  const odd = new Uint8Array(packet.length + 4).subarray(1, packet.length + 2); // a byte more, and at an odd address
  odd.set(packet);
  const { ok, bytesReturned, output } = userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, odd, 101);
  expect([ok, bytesReturned, verbs]).toEqual([true, 12, [get(0)]]);
  expect(decodeResponsePacket(output)[0]?.Response).toBe(VENDOR);
  expect(output.subarray(12).every((byte) => byte === 0)).toBe(true);
});

it('a handle outlives its device only to be closed: 1167 after surprise removal, 6 after CloseHandle (§4.3)', async () => {
  const { machine, userMode, handle, send } = await opened();
  machine.windows.unplugController();
  expect(send([get(0)])).toMatchObject({ ok: false, lastError: 1167, bytesReturned: 0 });
  expect(userMode.CloseHandle(handle)).toBe(true);
  expect(userMode.CloseHandle(handle)).toBe(false);
  expect(userMode.GetLastError()).toBe(6);
  expect(userMode.CreateFile('HDAUDIO\\NOBODY\\0')).toBe(-1);
  expect(userMode.GetLastError()).toBe(2);
});
