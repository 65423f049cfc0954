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

it('names, values and Win32 errors of the table are each other’s (§6)', () => {
  expect(new Set(NTSTATUS_TABLE.map(([, value]) => value)).size).toBe(NTSTATUS_TABLE.length);
  expect([statusName(0xc0000023), win32Error(0xc0000023)]).toEqual(['STATUS_BUFFER_TOO_SMALL', 122]);
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
