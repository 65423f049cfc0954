// What the DSP engine executes: packets of a DMA buffer (dxgk-render §5.3). Render writes them, assembly/dsp runs them.
//
//   packet    0 opcode u16 · 2 flags u16 · 4 bytes u32 (header included, a multiple of 8) · 8 body
//   operand   address u32 · bytes u32                the patch list names the address word
//   format    kind u8 · channels u8 · valid bits u8 · 0
//
// Offsets below are from the packet's first byte. START is the absolute frame of a packet that is part of a longer
// command, TOTAL that command's frames.

export const DSP_NOP: u32 = 0x0000;
export const DSP_COPY: u32 = 0x0001;
export const DSP_FILL: u32 = 0x0002;
export const DSP_TONE: u32 = 0x0003;
export const DSP_GAIN: u32 = 0x0004;
export const DSP_MIX: u32 = 0x0005;
export const DSP_CONVERT: u32 = 0x0006;
export const DSP_METER: u32 = 0x0007;
export const DSP_UFENCE: u32 = 0x0008;
export const DSP_BIND: u32 = 0x0009;
export const DSP_UNBIND: u32 = 0x000a;
export const DSP_SPLITHINT: u32 = 0x000b;
export const DSP_MARK: u32 = 0x000c;
export const DSP_SWEEP: u32 = 0x000d;
export const DSP_NOISE: u32 = 0x000e;
export const DSP_BIQUAD: u32 = 0x000f;
export const DSP_RESAMPLE: u32 = 0x0010;
export const DSP_TONEAT: u32 = 0x0011; // a command; its packet is TONE's
export const DSP_PRIVILEGED: u32 = 0x8000;
export const DSP_PHYS_COPY: u32 = 0x8001;
export const DSP_PHYS_FILL: u32 = 0x8002;

export const PACKET_OPCODE: u32 = 0;
export const PACKET_FLAGS: u32 = 2;
export const PACKET_BYTES: u32 = 4;
export const PACKET_HEADER_BYTES: u32 = 8;
export const OPERAND_BYTES: u32 = 8;

// Most that one packet does: it is the finest grain of preemption (§5.2)
export const PACKET_FRAMES_MAX: u32 = 16384;
export const PACKET_MOVE_BYTES_MAX: u32 = 65536; // COPY, FILL
export const CHANNELS_MAX: u32 = 16;
export const MIX_SOURCES_MAX: u32 = 512;
export const BIQUAD_SECTIONS_MAX: u32 = 64;
export const RATE_MIN_HZ: u32 = 8000;
export const RATE_MAX_HZ: u32 = 192000;
export const HARMONICS_MAX: u32 = 1024; // of a band-limited wave

export const KIND_PCM8: u32 = 1;
export const KIND_PCM16: u32 = 2;
export const KIND_PCM32: u32 = 3; // container: 20, 24 or 32 valid bits, left-justified
export const KIND_F32: u32 = 4;

export const COPY_DST: u32 = 8;
export const COPY_SRC: u32 = 16;
export const COPY_BYTES: u32 = 24;

export const FILL_DST: u32 = 8;
export const FILL_PATTERN: u32 = 16;
export const FILL_PATTERN_BYTES: u32 = 20; // 1, 2 or 4
export const FILL_BYTES: u32 = 24;

export const TONE_DST: u32 = 8;
export const TONE_FORMAT: u32 = 16;
export const TONE_RATE_HZ: u32 = 20;
export const TONE_FREQUENCY_HZ: u32 = 24; // f64
export const TONE_AMPLITUDE: u32 = 32; // f32
export const TONE_PHASE: u32 = 36; // f32, cycles
export const TONE_START: u32 = 40;
export const TONE_TOTAL: u32 = 44;
export const TONE_BYTES: u32 = 48;

// Flags of TONE, bits 1:0
export const WAVE_MASK: u32 = 3;
export const WAVE_SINE: u32 = 0;
export const WAVE_SQUARE: u32 = 1;
export const WAVE_SAW: u32 = 2;
export const WAVE_TRIANGLE: u32 = 3;
export const SWEEP_LOGARITHMIC: u32 = 1 << 2; // else linear

export const SWEEP_DST: u32 = 8;
export const SWEEP_FORMAT: u32 = 16;
export const SWEEP_RATE_HZ: u32 = 20;
export const SWEEP_FROM_HZ: u32 = 24; // f64
export const SWEEP_TO_HZ: u32 = 32; // f64
export const SWEEP_AMPLITUDE: u32 = 40; // f32
export const SWEEP_PHASE: u32 = 44; // f32, cycles at frame 0
export const SWEEP_START: u32 = 48;
export const SWEEP_FRAMES: u32 = 52; // from here on the frequency stays
export const SWEEP_BYTES: u32 = 56;

export const NOISE_PINK: u32 = 1 << 0;
export const NOISE_DST: u32 = 8;
export const NOISE_FORMAT: u32 = 16;
export const NOISE_AMPLITUDE: u32 = 24; // f32
export const NOISE_SEED: u32 = 28;
export const NOISE_START: u32 = 32;
export const NOISE_BYTES: u32 = 40;

export const GAIN_DST: u32 = 8;
export const GAIN_SRC: u32 = 16;
export const GAIN_FORMAT: u32 = 24;
export const GAIN_FROM: u32 = 32; // f32, at frame 0
export const GAIN_TO: u32 = 36; // f32, at frame TOTAL
export const GAIN_START: u32 = 40;
export const GAIN_TOTAL: u32 = 44;
export const GAIN_BYTES: u32 = 48;

export const MIX_ADD: u32 = 1 << 0; // to what the destination holds
export const MIX_DST: u32 = 8;
export const MIX_FORMAT: u32 = 16;
export const MIX_COUNT: u32 = 20;
export const MIX_SOURCES: u32 = 24;
export const MIX_SOURCE_GAIN: u32 = 8; // f32, after the operand
export const MIX_SOURCE_BYTES: u32 = 16;

export const CONVERT_DST: u32 = 8;
export const CONVERT_SRC: u32 = 16;
export const CONVERT_DST_FORMAT: u32 = 24;
export const CONVERT_SRC_FORMAT: u32 = 28;
export const CONVERT_FRAMES: u32 = 32;
export const CONVERT_DITHER: u32 = 36; // seed of triangular dither of ±1 step; 0: none
export const CONVERT_START: u32 = 40;
export const CONVERT_BYTES: u32 = 48;

export const METER_SRC: u32 = 8;
export const METER_DST: u32 = 16;
export const METER_FORMAT: u32 = 24;
export const METER_BYTES: u32 = 32;
export const METER_CHANNEL_BYTES: u32 = 12; // f32 peak, RMS, true peak; full scale 1

export const UFENCE_DST: u32 = 8;
export const UFENCE_VALUE: u32 = 16; // u64
export const UFENCE_BYTES: u32 = 24;

export const BIND_OPERAND: u32 = 8; // BIND and UNBIND; the engine does nothing
export const BIND_BYTES: u32 = 16;
export const MARK_TAG: u32 = 8;
export const MARK_BYTES: u32 = 16;

export const BIQUAD_DST: u32 = 8;
export const BIQUAD_SRC: u32 = 16;
export const BIQUAD_COEFFICIENTS: u32 = 24;
export const BIQUAD_STATE: u32 = 32;
export const BIQUAD_FORMAT: u32 = 40;
export const BIQUAD_BYTES: u32 = 48;
export const BIQUAD_SECTION_BYTES: u32 = 40; // f64 b0 b1 b2 a1 a2, a0 = 1
export const BIQUAD_STATE_BYTES: u32 = 16; // two f64 a section and channel; zeros: at rest

export const RESAMPLE_STREAMING: u32 = 1 << 0; // see resample.ts
export const RESAMPLE_DST: u32 = 8;
export const RESAMPLE_SRC: u32 = 16;
export const RESAMPLE_STATE: u32 = 24;
export const RESAMPLE_DST_FORMAT: u32 = 32;
export const RESAMPLE_SRC_FORMAT: u32 = 36;
export const RESAMPLE_DST_RATE_HZ: u32 = 40;
export const RESAMPLE_SRC_RATE_HZ: u32 = 44;
export const RESAMPLE_STEP_FROM: u32 = 48; // source frames per destination frame, as a numerator, at frame 0
export const RESAMPLE_STEP_TO: u32 = 52; // at frame TOTAL
export const RESAMPLE_STEP_UNIT: u32 = 56; // the denominator of both
export const RESAMPLE_START: u32 = 60;
export const RESAMPLE_TOTAL: u32 = 64;
export const RESAMPLE_BYTES: u32 = 72;

// PHYS_COPY and PHYS_FILL: the paging node's, never the engine's
export const PHYS_COPY_OUT: u32 = 1 << 0; // segment to backing store; else the other way
export const PHYS_ADDRESS: u32 = 8;
export const PHYS_LENGTH: u32 = 12;
export const PHYS_STORE: u32 = 16; // PHYS_COPY: number of the backing store
export const PHYS_STORE_OFFSET: u32 = 20;
export const PHYS_PATTERN: u32 = 16; // PHYS_FILL
export const PHYS_BYTES: u32 = 24;

// Why the engine stopped
export const ENGINE_OK: u32 = 0;
export const ENGINE_MALFORMED: u32 = 1;
export const ENGINE_BAD_ADDRESS: u32 = 2;
