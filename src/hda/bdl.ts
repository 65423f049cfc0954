// Buffer descriptor list (hda-hardware §3.6): 128-byte aligned, 16-byte entries.

export const BDL_ALIGNMENT: u32 = 128;
export const BDL_MAX_ENTRIES: u32 = 256;
export const BDL_ENTRY_BYTES: u32 = 16;
export const BDL_ADDRESS_LOW: u32 = 0;
export const BDL_ADDRESS_HIGH: u32 = 4;
export const BDL_LENGTH: u32 = 8;
export const BDL_FLAGS: u32 = 12;
export const BDL_IOC: u32 = 1 << 0;

/** Bytes of one slot in the DMA position buffer: position, then a reserved dword (§3.8). */
export const POSITION_SLOT_BYTES: u32 = 8;
