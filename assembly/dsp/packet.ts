// What every kernel asks of its packet before it touches memory. Render has validated all of it; the engine trusts no
// packet even so (dxgk-render §5.3): it reaches guest RAM outside the kernel's pool, and nothing else.

import {
  CHANNELS_MAX,
  KIND_F32,
  KIND_PCM8,
  KIND_PCM16,
  KIND_PCM32,
  PACKET_FRAMES_MAX,
} from '../../src/hda/dsp-packets.ts';
import { GUEST_RAM } from '../layout.ts';
import { inRam } from '../memory.ts';
import { formatBits, formatChannels, formatKind, frameBytes, sampleBytes } from './containers.ts';

// The kernel's pool: DMA buffers, fences. No operand may touch it.
let poolStart: u32 = 0;
let poolEnd: u32 = 0;

export function setPool(start: u32, end: u32): void {
  poolStart = start;
  poolEnd = end;
}

/** Where the operand at `at` lies in our memory; 0 if it may not be reached or is not aligned. Physical 0 is never valid. */
export function operand(at: u32, alignment: u32): u32 {
  const address = load<u32>(at);
  const bytes = load<u32>(at, 4);
  const end = <u64>address + bytes;
  if (address === 0 || bytes === 0 || (address & (alignment - 1)) !== 0 || !inRam(address, bytes)) return 0;
  if (end > poolStart && address < poolEnd) return 0;
  if (GUEST_RAM + end > (<u64>memory.size()) << 16) return 0; // RAM of the embedder's is not ours to compute in
  return GUEST_RAM + address;
}

export function operandBytes(at: u32): u32 {
  return load<u32>(at, 4);
}

/** Whether the packed format is one that containers.ts knows. */
export function formatIsValid(format: u32): bool {
  const kind = formatKind(format);
  const bits = formatBits(format);
  const channels = formatChannels(format);
  if (channels === 0 || channels > CHANNELS_MAX || format >>> 24 !== 0) return false;
  if (kind === KIND_PCM8) return bits === 8;
  if (kind === KIND_PCM16) return bits === 16;
  if (kind === KIND_PCM32) return bits === 20 || bits === 24 || bits === 32;
  return kind === KIND_F32 && bits === 32;
}

/** Frames of `bytes`; 0 unless they are whole, at least one, and no more than a packet may have. */
export function wholeFrames(format: u32, bytes: u32): u32 {
  if (!formatIsValid(format)) return 0;
  const size = frameBytes(format);
  const frames = bytes / size;
  return frames * size === bytes && frames <= PACKET_FRAMES_MAX ? frames : 0;
}

/** Alignment of a format's samples. */
export function sampleAlignment(format: u32): u32 {
  return sampleBytes(format);
}
