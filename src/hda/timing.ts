// The link clock (hda-hardware §3.10). Every time in the device is a count of these ticks.

export const LINK_HZ: u32 = 24_000_000; // BCLK
export const FRAME_HZ: u32 = 48_000; // one link frame per SYNC
export const TICKS_PER_FRAME: u32 = 500;

/** Codecs ask for their address within 25 frames after CRST reads 1 (§3.1 step 5). */
export const DISCOVERY_FRAMES: u32 = 25;

// Payload of one link frame (§2.1, §3.10): SDO is double-pumped, less the 40-bit command; SDI less the 36-bit response.
export const SDO_PAYLOAD_BITS: u32 = 960;
export const SDI_PAYLOAD_BITS: u32 = 464;
export const OUTPUT_STREAM_WORDS: u32 = 48; // OUTSTRMPAY
export const INPUT_STREAM_WORDS: u32 = 24; // INSTRMPAY
