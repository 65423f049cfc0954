// The rules of access to each register, one row a register (hda-hardware §2.1–2.4).
// One rule serves every register at every width, byte lane by byte lane:
//   next = ((old & ~writable) | (data & writable)) & ~(data & clears)
// What a write sets off beyond that is the controller's.

import {
  CORBCTL, CORBCTL_CMEIE, CORBCTL_RUN, CORBLBASE, CORBRP, CORBRP_RST, CORBSIZE, CORBSTS, CORBSTS_CMEI, CORBUBASE,
  CORBWP, DPLBASE, DPLBASE_ENABLE, DPUBASE, GCAP, GCTL, GCTL_CRST, GCTL_FCNTRL, GCTL_UNSOL, GSTS, GSTS_FSTS, ICII, ICIS,
  ICIS_ICB, ICIS_IRV, ICOI, INPAY, INSTRMPAY, INTCTL, INTSTS, OUTPAY, OUTSTRMPAY, RINTCNT, RING_SIZE_256, RIRBCTL,
  RIRBCTL_DMAEN, RIRBCTL_OIC, RIRBCTL_RINTCTL, RIRBLBASE, RIRBSIZE, RIRBSTS, RIRBSTS_OIS, RIRBSTS_RINTFL, RIRBUBASE,
  RIRBWP, SDI_MASK, SDnBDPL, SDnBDPU, SDnCBL, SDnCTL, SDnFIFOS, SDnFIFOW, SDnFMT, SDnLPIB, SDnLVI, SDnSTS,
  SDnSTS_CAUSES, SSYNC, SSYNC_ICH6, STATESTS, STREAM_MASK, VMAJ, VMIN, WAKEEN, WALCLK,
} from './registers.ts';

export interface RegisterRow {
  readonly name: string;
  readonly offset: number;
  readonly bytes: 1 | 2 | 3 | 4;
  readonly reset: number;
  readonly writable: number;
  /** Bits that a written 1 clears. */
  readonly clears: number;
  /** Kept through controller reset: the resume well (§2.1). */
  readonly sticky?: true;
}

function row(
  name: string, offset: number, bytes: 1 | 2 | 3 | 4, reset: number, writable: number, clears: number,
): RegisterRow {
  return { name, offset, bytes, reset, writable, clears };
}

const INTCTL_BITS = 0xffffffff;

export const REGISTERS: readonly RegisterRow[] = [
  //  name          offset       bytes reset          writable                                  write-1-to-clear
  row('GCAP',       GCAP,        2,    0x4401,        0,                                        0), // 4 out, 4 in, 64-bit
  row('VMIN',       VMIN,        1,    0x00,          0,                                        0),
  row('VMAJ',       VMAJ,        1,    0x01,          0,                                        0),
  row('OUTPAY',     OUTPAY,      2,    0x003c,        0,                                        0),
  row('INPAY',      INPAY,       2,    0x001d,        0,                                        0),
  row('GCTL',       GCTL,        4,    0,             GCTL_CRST | GCTL_FCNTRL | GCTL_UNSOL,     0),
  { ...row('WAKEEN',   WAKEEN,   2,    0,             SDI_MASK,                                 0), sticky: true },
  { ...row('STATESTS', STATESTS, 2,    0,             0,                                        SDI_MASK), sticky: true },
  row('GSTS',       GSTS,        2,    0,             0,                                        GSTS_FSTS),
  row('OUTSTRMPAY', OUTSTRMPAY,  2,    0x0030,        0,                                        0),
  row('INSTRMPAY',  INSTRMPAY,   2,    0x0018,        0,                                        0),
  row('INTCTL',     INTCTL,      4,    0,             INTCTL_BITS,                              0),
  row('INTSTS',     INTSTS,      4,    0,             0,                                        0), // computed, §2.8
  row('WALCLK',     WALCLK,      4,    0,             0,                                        0),
  row('SSYNC',      SSYNC_ICH6,  4,    0,             STREAM_MASK,                              0),
  row('SSYNC',      SSYNC,       4,    0,             STREAM_MASK,                              0),
  row('CORBLBASE',  CORBLBASE,   4,    0,             0xffffff80,                               0),
  row('CORBUBASE',  CORBUBASE,   4,    0,             0xffffffff,                               0),
  row('CORBWP',     CORBWP,      2,    0,             0x00ff,                                   0),
  row('CORBRP',     CORBRP,      2,    0,             CORBRP_RST,                               0),
  row('CORBCTL',    CORBCTL,     1,    0,             CORBCTL_RUN | CORBCTL_CMEIE,              0),
  row('CORBSTS',    CORBSTS,     1,    0,             0,                                        CORBSTS_CMEI),
  row('CORBSIZE',   CORBSIZE,    1,    RING_SIZE_256, 0,                                        0),
  row('RIRBLBASE',  RIRBLBASE,   4,    0,             0xffffff80,                               0),
  row('RIRBUBASE',  RIRBUBASE,   4,    0,             0xffffffff,                               0),
  row('RIRBWP',     RIRBWP,      2,    0,             0,                                        0), // bit 15 resets, reads 0
  row('RINTCNT',    RINTCNT,     2,    0,             0x00ff,                                   0),
  row('RIRBCTL',    RIRBCTL,     1,    0,             RIRBCTL_DMAEN | RIRBCTL_RINTCTL | RIRBCTL_OIC, 0),
  row('RIRBSTS',    RIRBSTS,     1,    0,             0,                                        RIRBSTS_RINTFL | RIRBSTS_OIS),
  row('RIRBSIZE',   RIRBSIZE,    1,    RING_SIZE_256, 0,                                        0),
  row('ICOI',       ICOI,        4,    0,             0xffffffff,                               0),
  row('ICII',       ICII,        4,    0,             0,                                        0),
  row('ICIS',       ICIS,        2,    0,             ICIS_ICB,                                 ICIS_IRV),
  row('DPLBASE',    DPLBASE,     4,    0,             0xffffff80 | DPLBASE_ENABLE,              0),
  row('DPUBASE',    DPUBASE,     4,    0,             0xffffffff,                               0),
];

/** One stream descriptor; offsets are relative to SD_BASE + SD_STRIDE·n. */
export const STREAM_REGISTERS: readonly RegisterRow[] = [
  row('SDnCTL',     SDnCTL,      3,    0x040000,      0xff001f,                                 0), // TP resets to 1 (ICH), stored
  row('SDnSTS',     SDnSTS,      1,    0,             0,                                        SDnSTS_CAUSES),
  row('SDnLPIB',    SDnLPIB,     4,    0,             0,                                        0),
  row('SDnCBL',     SDnCBL,      4,    0,             0xffffffff,                               0),
  row('SDnLVI',     SDnLVI,      2,    0,             0x00ff,                                   0),
  row('SDnFIFOW',   SDnFIFOW,    2,    0x0004,        0x0007,                                   0),
  row('SDnFIFOS',   SDnFIFOS,    2,    0x00bf,        0,                                        0),
  row('SDnFMT',     SDnFMT,      2,    0,             0xff7f,                                   0),
  row('SDnBDPL',    SDnBDPL,     4,    0,             0xffffff80,                               0),
  row('SDnBDPU',    SDnBDPU,     4,    0,             0xffffffff,                               0),
];
