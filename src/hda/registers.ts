// The register map of the controller (hda-hardware §2): offsets and bits. The rules of access are rows in register-table.ts.

export const BAR_BYTES: u32 = 0x4000;

// §2.1 Global
export const GCAP: u32 = 0x00;
export const VMIN: u32 = 0x02;
export const VMAJ: u32 = 0x03;
export const OUTPAY: u32 = 0x04;
export const INPAY: u32 = 0x06;
export const GCTL: u32 = 0x08;
export const WAKEEN: u32 = 0x0c;
export const STATESTS: u32 = 0x0e;
export const GSTS: u32 = 0x10;
export const OUTSTRMPAY: u32 = 0x18;
export const INSTRMPAY: u32 = 0x1a;
export const INTCTL: u32 = 0x20;
export const INTSTS: u32 = 0x24;
export const WALCLK: u32 = 0x30;
export const SSYNC_ICH6: u32 = 0x34; // where ICH6, 7 and 9 have SSYNC; one register with 38h (§2.1 DECISION)
export const SSYNC: u32 = 0x38;

export const GCAP_64OK: u32 = 1 << 0;
export const GCTL_CRST: u32 = 1 << 0;
export const GCTL_FCNTRL: u32 = 1 << 1;
export const GCTL_UNSOL: u32 = 1 << 8;
export const GSTS_FSTS: u32 = 1 << 1;
export const INTCTL_GIE: u32 = 0x80000000;
export const INTCTL_CIE: u32 = 0x40000000;
export const INTSTS_GIS: u32 = 0x80000000;
export const INTSTS_CIS: u32 = 0x40000000;
export const STREAM_MASK: u32 = 0x3fffffff; // SIE, SIS and SSYNC: bits 29:0
export const SDI_MASK: u32 = 0x7fff; // STATESTS and WAKEEN: SDI lines 14:0

// §2.2 CORB and RIRB
export const CORBLBASE: u32 = 0x40;
export const CORBUBASE: u32 = 0x44;
export const CORBWP: u32 = 0x48;
export const CORBRP: u32 = 0x4a;
export const CORBCTL: u32 = 0x4c;
export const CORBSTS: u32 = 0x4d;
export const CORBSIZE: u32 = 0x4e;
export const RIRBLBASE: u32 = 0x50;
export const RIRBUBASE: u32 = 0x54;
export const RIRBWP: u32 = 0x58;
export const RINTCNT: u32 = 0x5a;
export const RIRBCTL: u32 = 0x5c;
export const RIRBSTS: u32 = 0x5d;
export const RIRBSIZE: u32 = 0x5e;

export const CORBRP_RST: u32 = 1 << 15;
export const CORBCTL_CMEIE: u32 = 1 << 0;
export const CORBCTL_RUN: u32 = 1 << 1;
export const CORBSTS_CMEI: u32 = 1 << 0;
export const RIRBWP_RST: u32 = 1 << 15;
export const RIRBCTL_RINTCTL: u32 = 1 << 0;
export const RIRBCTL_DMAEN: u32 = 1 << 1;
export const RIRBCTL_OIC: u32 = 1 << 2;
export const RIRBSTS_RINTFL: u32 = 1 << 0;
export const RIRBSTS_OIS: u32 = 1 << 2;
export const RING_SIZE_256: u32 = 0x42; // 256 entries, the only size offered by default (cases G2, C13)
export const RIRB_UNSOLICITED: u32 = 1 << 4; // resp_ex bit 4 (§3.3)

// §2.3 Immediate commands, position buffer
export const ICOI: u32 = 0x60;
export const ICII: u32 = 0x64;
export const ICIS: u32 = 0x68;
export const DPLBASE: u32 = 0x70;
export const DPUBASE: u32 = 0x74;

export const ICIS_ICB: u32 = 1 << 0;
export const ICIS_IRV: u32 = 1 << 1;
export const DPLBASE_ENABLE: u32 = 1 << 0;

// §2.4 Stream descriptors: inputs, then outputs, then bidirectional
export const SD_BASE: u32 = 0x80;
export const SD_STRIDE: u32 = 0x20;
export const SD_MAX: u32 = 30;
export const SDnCTL: u32 = 0x00;
export const SDnSTS: u32 = 0x03;
export const SDnLPIB: u32 = 0x04;
export const SDnCBL: u32 = 0x08;
export const SDnLVI: u32 = 0x0c;
export const SDnFIFOW: u32 = 0x0e;
export const SDnFIFOS: u32 = 0x10;
export const SDnFMT: u32 = 0x12;
export const SDnBDPL: u32 = 0x18;
export const SDnBDPU: u32 = 0x1c;

export const SDnCTL_SRST: u32 = 1 << 0;
export const SDnCTL_RUN: u32 = 1 << 1;
export const SDnCTL_IOCE: u32 = 1 << 2;
export const SDnCTL_FEIE: u32 = 1 << 3;
export const SDnCTL_DEIE: u32 = 1 << 4;
export const SDnCTL_STRIPE_SHIFT: u32 = 16;
export const SDnCTL_STRIPE: u32 = 3 << 16;
export const SDnCTL_TP: u32 = 1 << 18;
export const SDnCTL_DIR: u32 = 1 << 19;
export const SDnCTL_STRM_SHIFT: u32 = 20;
export const SDnCTL_STRM: u32 = 15 << 20;
export const SDnSTS_BCIS: u32 = 1 << 2;
export const SDnSTS_FIFOE: u32 = 1 << 3;
export const SDnSTS_DESE: u32 = 1 << 4;
export const SDnSTS_FIFORDY: u32 = 1 << 5;
/** The three status bits that raise interrupts; their enables in SDnCTL have the same positions (§2.8). */
export const SDnSTS_CAUSES: u32 = 0x1c;

// §2.5 Alias window
export const ALIAS_BASE: u32 = 0x2000;
export const WALCLKA: u32 = 0x2030;
