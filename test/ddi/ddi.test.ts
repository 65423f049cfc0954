import { expect, it } from 'vitest';
import {
  completeResponse,
  decodeBufferDescriptors,
  encodeBufferDescriptors,
  unsolicitedFields,
} from '../../src/ddi/hdaudio.ts';
import {
  NT_ERROR,
  NT_INFORMATION,
  NT_SUCCESS,
  NT_WARNING,
  NTSTATUS_TABLE,
  statusName,
  win32Error,
} from '../../src/ddi/ntstatus.ts';
import {
  NTDDI_VISTA,
  NTDDI_VISTASP1,
  NTDDI_WIN7,
  NTDDI_WIN8,
  NTDDI_WINXP,
  NTDDI_WINXPSP2,
  NTDDI_WS08,
  RtlIsNtDdiVersionAvailable,
  RtlIsServicePackVersionInstalled,
  WINDOWS_NTDDI,
} from '../../src/ddi/windows-version.ts';

it('DDI-104: on Windows 7 RtlIsNtDdiVersionAvailable is true for Vista and false for Windows 8; not for service packs', () => {
  const available = (version: number) => RtlIsNtDdiVersionAvailable(WINDOWS_NTDDI.win7, version);
  expect([NTDDI_VISTA, NTDDI_WIN7, NTDDI_WS08, NTDDI_WIN8, NTDDI_WINXPSP2].map(available)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it('DDI-105: on Vista SP2 RtlIsServicePackVersionInstalled is true for Vista SP1 and false for Windows 7 (C14)', () => {
  const installed = (version: number) => RtlIsServicePackVersionInstalled(WINDOWS_NTDDI.vista, version);
  expect([NTDDI_VISTASP1, NTDDI_VISTA, NTDDI_WIN7, NTDDI_WINXP].map(installed)).toEqual([true, true, false, false]);
  expect(RtlIsServicePackVersionInstalled(NTDDI_VISTASP1, WINDOWS_NTDDI.vista)).toBe(false);
});

it('severity is bits 31:30, and NT_SUCCESS takes information too (§6)', () => {
  const rows: [number, boolean, boolean, boolean, boolean][] = [
    [0, true, false, false, false],
    [0x103, true, false, false, false],
    [0x40000000, true, true, false, false],
    [0x80000005, false, false, true, false],
    [0xc000000d, false, false, false, true],
    [0xffffffff, false, false, false, true],
  ];
  for (const [status, ...expected] of rows)
    expect([NT_SUCCESS(status), NT_INFORMATION(status), NT_WARNING(status), NT_ERROR(status)]).toEqual(expected);
});

/** The table of §6: value and Win32 error, 317 (ERROR_MR_MID_NOT_FOUND) where there is none. */
const STATUSES: Readonly<Record<string, readonly [value: number, win32: number]>> = {
  STATUS_SUCCESS: [0x00000000, 0],
  STATUS_TIMEOUT: [0x00000102, 317],
  STATUS_PENDING: [0x00000103, 997],
  STATUS_OBJECT_NAME_EXISTS: [0x40000000, 317],
  STATUS_BUFFER_OVERFLOW: [0x80000005, 234],
  STATUS_NO_MORE_ENTRIES: [0x8000001a, 259],
  STATUS_UNSUCCESSFUL: [0xc0000001, 31],
  STATUS_NOT_IMPLEMENTED: [0xc0000002, 1],
  STATUS_INFO_LENGTH_MISMATCH: [0xc0000004, 24],
  STATUS_INVALID_HANDLE: [0xc0000008, 6],
  STATUS_INVALID_PARAMETER: [0xc000000d, 87],
  STATUS_NO_SUCH_DEVICE: [0xc000000e, 2],
  STATUS_INVALID_DEVICE_REQUEST: [0xc0000010, 1],
  STATUS_MORE_PROCESSING_REQUIRED: [0xc0000016, 317],
  STATUS_NO_MEMORY: [0xc0000017, 8],
  STATUS_ACCESS_DENIED: [0xc0000022, 5],
  STATUS_BUFFER_TOO_SMALL: [0xc0000023, 122],
  STATUS_INSUFFICIENT_RESOURCES: [0xc000009a, 1450],
  STATUS_DEVICE_NOT_CONNECTED: [0xc000009d, 1167],
  STATUS_DEVICE_NOT_READY: [0xc00000a3, 21],
  STATUS_IO_TIMEOUT: [0xc00000b5, 121],
  STATUS_NOT_SUPPORTED: [0xc00000bb, 50],
  STATUS_DEVICE_DOES_NOT_EXIST: [0xc00000c0, 55],
  STATUS_CANCELLED: [0xc0000120, 995],
  STATUS_INVALID_DEVICE_STATE: [0xc0000184, 22],
  STATUS_INVALID_BUFFER_SIZE: [0xc0000206, 1784],
  STATUS_NOT_FOUND: [0xc0000225, 1168],
};

it('names, values and Win32 errors are those of §6', () => {
  for (const [name, [value, win32]] of Object.entries(STATUSES))
    expect([name, statusName(value), win32Error(value)]).toEqual([name, name, win32]);
  expect(new Set(NTSTATUS_TABLE.map(([, value]) => value)).size).toBe(NTSTATUS_TABLE.length);
  expect([statusName(0xc0001234), win32Error(0xc0001234)]).toEqual(['0xC0001234', 317]);
});

it('responses and descriptors have the layouts of §3.2 and §3.9', () => {
  const response = {
    Response: 0xfc000001,
    SDataIn: 3,
    IsUnsolicitedResponse: true,
    HasFifoOverrun: true,
    IsValid: true,
  };
  expect(completeResponse(response)).toEqual({ low: 0xfc000001, high: 0xc0000013 });
  expect(unsolicitedFields(0xfe300005)).toEqual({ Response: 0x100005, SubTag: 17, Tag: 63 });
  const descriptor = { Address: 0x1_0000_0080, Length: 0xfffffffc, InterruptOnCompletion: true };
  const bytes = encodeBufferDescriptors([descriptor]);
  expect([...bytes]).toEqual([0x80, 0, 0, 0, 1, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 1, 0, 0, 0]);
  expect(decodeBufferDescriptors(bytes)).toEqual([descriptor]);
});
