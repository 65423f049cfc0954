// The core's memory, drawn. Read by asc and by tsc: src/controller/core.ts makes its views from these numbers.
//
//      0x400  CLOCK         now, link frame, running streams                                   clock.ts
//      0x500  RAM           how much guest RAM, and where it lies                              memory.ts
//      0x800  REGISTERS     image of BAR offsets 0x000…0x7ff, shared with the controller       hda/registers.ts
//     0x1000  COUNTERS      f64 each: CoreCounters in core.ts                                  counters.ts
//     0x1080  PROGRAM       rows in use of the tables below                                    program.ts
//     0x1400  STREAMS       30 x 512 bytes                                                     stream.ts
//     0x5000  OUTPUTS       128 x 128 bytes: converters that listen                            program.ts
//     0x9000  INPUTS        128 x 128 bytes: converters that talk
//     0xd000  MIXES         4096 x 16 bytes
//    0x1d000  COPIES        2048 x 16 bytes: what plan.ts adds where two converters hear one channel
//    0x25000  STAGING       one fragment on its way to or from RAM that lies outside
//    0x66000  LATCHED       30 x 512 x 16 bytes: descriptors of the present segment                bdl.ts
//    0xa2000  LANES         1024 + 3 x 8256 bytes: planar f32, 2048 samples each
//   0x8b8800  RATES         64 x 32 bytes: clocks of the analogue side and of converters at another rate  program.ts
//   0x8b9000  RESAMPLINGS   128 x 96 bytes: converters of another rate than the analogue side         resampling.ts
//   0x8bc000  RESAMPLERS    4 MiB: their filters and histories, placed by src/controller/resamplers.ts
//   0xcbc000  GUEST_RAM     physical address 0, to the end of memory less GUEST_RAM_PAD
//
// Lanes come before guest RAM and nothing after it, so that no offset in RAM can reach a record.

export const CLOCK: u32 = 0x400;
export const CLOCK_NOW: u32 = CLOCK; // u64, link ticks since power-up

export const RAM: u32 = 0x500;

export const REGISTERS: u32 = 0x800;
export const REGISTERS_BYTES: u32 = 0x800;

export const COUNTERS: u32 = 0x1000;
export const COUNTER_BYTES: u32 = 8;

export const PROGRAM: u32 = 0x1080;
export const PROGRAM_RATES: u32 = PROGRAM; // u32 each
export const PROGRAM_OUTPUTS: u32 = PROGRAM + 4;
export const PROGRAM_INPUTS: u32 = PROGRAM + 8;
export const PROGRAM_MIXES: u32 = PROGRAM + 12;
export const PROGRAM_RESAMPLED_OUTPUTS: u32 = PROGRAM + 28;
export const PROGRAM_RESAMPLED_INPUTS: u32 = PROGRAM + 32;

export const STREAMS: u32 = 0x1400;
export const STREAM_BYTES: u32 = 512;
// Fields of Stream (stream.ts) that the record reads; test/machine/record.test.ts holds them to it.
export const STREAM_PLACE_LEFT: u32 = 8; // u32: bytes left in the entry
export const STREAM_PLACE_ENTRY: u32 = 12; // u32: its index in 30:0, bit 31: its interrupt is still due
export const STREAM_PLACE_BLOCKS: u32 = 40; // u64: sent since RUN
export const STREAM_PLACE_BLOCK_BYTES: u32 = 76; // u32

export const CONVERTER_BYTES: u32 = 128;
export const CONVERTERS_MAX: u32 = 128;
export const CONVERTER_LANES_MAX: u32 = 16;
export const CONVERTER_TAG: u32 = 0;
export const CONVERTER_CHANNEL: u32 = 4; // first channel of the stream
export const CONVERTER_FORMAT: u32 = 8;
export const CONVERTER_RATE: u32 = 12; // address of its analogue clock
export const CONVERTER_LANE_COUNT: u32 = 16;
export const CONVERTER_LANES: u32 = 20; // addresses, 16 x u32
export const OUTPUTS: u32 = 0x5000;
export const INPUTS: u32 = 0x9000;

export const MIXES: u32 = 0xd000;
export const MIXES_MAX: u32 = 4096;
export const MIX_BYTES: u32 = 16;
export const MIX_INTO: u32 = 0; // address of a lane
export const MIX_FROM: u32 = 4; // address of a lane; bit 0: the first mix into its lane
export const MIX_GAIN: u32 = 8; // f32
export const MIX_RATE: u32 = 12; // address of its analogue clock

export const COPIES: u32 = 0x1d000; // laid out as mixes

export const STAGING: u32 = 0x25000;
/** A segment's most: 512 link frames of 8 blocks (MULT 7, reserved) of 64 bytes. */
export const STAGING_BYTES: u32 = 0x40000;
/** SIMD kernels read at most so far beyond the last block: three blocks of 64 bytes and a vector. */
export const GUEST_RAM_PAD: u32 = 0x100;

export const LATCHED: u32 = 0x66000;
export const LATCHED_BYTES: u32 = 16;
/** One link frame's most: 8 blocks of 64 bytes, an entry each byte. */
export const LATCHED_MAX: u32 = 512;

export const LANES: u32 = 0xa2000;
export const LANES_MAX: u32 = 1024;
/** 192 kHz for SEGMENT_FRAMES. */
export const LANE_SAMPLES: u32 = 2048;
/** Not a power of two: lanes at one would share their cache sets; the rest takes what SIMD stores beyond the last sample. */
export const LANE_BYTES: u32 = 2048 * 4 + 64;
/** Never read: where a channel that nobody hears is written. */
export const UNHEARD_LANE: u32 = LANES + LANES_MAX * LANE_BYTES;
/** Never written: what an input's channel without a talker reads. Two lanes long, for MULT 7 (reserved): 8 blocks a frame. */
export const SILENT_LANE: u32 = UNHEARD_LANE + LANE_BYTES;

export const RATES: u32 = 0x8b8800;
export const RATE_BYTES: u32 = 32;
/** Formats have 44 rates (§4), the analogue side one more: no guest can ask for too many. */
export const RATES_MAX: u32 = 64;
export const RATE_NUMERATOR: u32 = 0; // u32: samples …
export const RATE_DENOMINATOR: u32 = 4; // u32: … per link frames
export const RATE_FRAMES: u32 = 8; // u32: frames of the last segment

export const RESAMPLINGS: u32 = 0x8b9000;
export const RESAMPLINGS_MAX: u32 = 128;
export const RESAMPLING_BYTES: u32 = 96;
export const RESAMPLING_RESAMPLER: u32 = 0;
export const RESAMPLING_FROM: u32 = 4; // address of the source's clock
export const RESAMPLING_INTO: u32 = 8;
export const RESAMPLING_LANE: u32 = 12; // address of the first lane that comes out
export const RESAMPLING_LANE_COUNT: u32 = 16;
export const RESAMPLING_FRESH: u32 = 20;
export const RESAMPLING_SOURCES: u32 = 32; // addresses of lanes, 16 x u32

export const RESAMPLERS: u32 = 0x8bc000;
export const RESAMPLERS_BYTES: u32 = 0x400000;

export const GUEST_RAM: u32 = 0xcbc000;

/** A call to advance moves at most so many link frames. */
export const SEGMENT_FRAMES: u32 = 512;

// COUNTERS, in order
export const COUNTER_DESCRIPTORS: u32 = 0;
export const COUNTER_DESCRIPTOR_FAULTS: u32 = 1;
export const COUNTER_POSITION_FAULTS: u32 = 2;
export const COUNTER_RATE_MISMATCH: u32 = 3;
export const COUNTER_FORMAT_MISMATCH: u32 = 4;
export const COUNTER_BLOCKS_DROPPED: u32 = 5;
