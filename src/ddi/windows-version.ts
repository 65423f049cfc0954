// Versions of Windows (hdaudio-ddi §5.6). NTDDI = MMmmSSss: system 31:16, service pack 15:8, sub-version 7:0.

/** The Windows that a machine can be; WINDOWS_NTDDI has the version of each. */
export type WindowsVersion =
  | 'win2000'
  | 'winxp'
  | 'ws2003'
  | 'vista'
  | 'win7'
  | 'win8.1'
  | 'win10-1809'
  | 'win10-19h1'
  | 'win11';

export const NTDDI_WIN2K = 0x05000000;
export const NTDDI_WIN2KSP1 = 0x05000100;
export const NTDDI_WIN2KSP2 = 0x05000200;
export const NTDDI_WIN2KSP3 = 0x05000300;
export const NTDDI_WIN2KSP4 = 0x05000400;
export const NTDDI_WINXP = 0x05010000;
export const NTDDI_WINXPSP1 = 0x05010100;
export const NTDDI_WINXPSP2 = 0x05010200;
export const NTDDI_WINXPSP3 = 0x05010300;
export const NTDDI_WINXPSP4 = 0x05010400;
export const NTDDI_WS03 = 0x05020000;
export const NTDDI_WS03SP1 = 0x05020100;
export const NTDDI_WS03SP2 = 0x05020200;
export const NTDDI_WS03SP3 = 0x05020300;
export const NTDDI_WS03SP4 = 0x05020400;
export const NTDDI_VISTA = 0x06000000;
export const NTDDI_VISTASP1 = 0x06000100;
export const NTDDI_VISTASP2 = 0x06000200;
export const NTDDI_WS08 = NTDDI_VISTASP1;
export const NTDDI_WS08SP2 = NTDDI_VISTASP2;
export const NTDDI_WIN7 = 0x06010000;
export const NTDDI_WIN8 = 0x06020000;
export const NTDDI_WINBLUE = 0x06030000;
export const NTDDI_WIN10 = 0x0a000000;
export const NTDDI_WIN10_TH2 = 0x0a000001;
export const NTDDI_WIN10_RS1 = 0x0a000002;
export const NTDDI_WIN10_RS2 = 0x0a000003;
export const NTDDI_WIN10_RS3 = 0x0a000004;
export const NTDDI_WIN10_RS4 = 0x0a000005;
export const NTDDI_WIN10_RS5 = 0x0a000006;
export const NTDDI_WIN10_19H1 = 0x0a000007;
export const NTDDI_WIN10_VB = 0x0a000008;
export const NTDDI_WIN10_MN = 0x0a000009;
export const NTDDI_WIN10_FE = 0x0a00000a;
export const NTDDI_WIN10_CO = 0x0a00000b;
export const NTDDI_WIN10_NI = 0x0a00000c;

/** What each simulated Windows is, at its last service pack. */
export const WINDOWS_NTDDI: Readonly<Record<WindowsVersion, number>> = {
  win2000: NTDDI_WIN2KSP4,
  winxp: NTDDI_WINXPSP3,
  ws2003: NTDDI_WS03SP2,
  vista: NTDDI_VISTASP2,
  win7: NTDDI_WIN7,
  'win8.1': NTDDI_WINBLUE,
  'win10-1809': NTDDI_WIN10_RS5,
  'win10-19h1': NTDDI_WIN10_19H1,
  win11: NTDDI_WIN10_CO,
};

const OS_BITS = 0xffff0000;

/**
 * True when the running system is `version` or later. Service pack constants are not for this call and give false
 * (inferred), but for NTDDI_WS08, whose value carries one and which the page lists.
 */
export function RtlIsNtDdiVersionAvailable(running: number, version: number): boolean {
  if (version === NTDDI_WS08) return running >= version;
  return (version & ~OS_BITS) === 0 && (running & OS_BITS) >>> 0 >= version;
}

/** True when the running system is exactly that system and its service pack the same or later (C14, reading B). */
export function RtlIsServicePackVersionInstalled(running: number, version: number): boolean {
  return (running & OS_BITS) === (version & OS_BITS) && (running & 0xff00) >= (version & 0xff00);
}
