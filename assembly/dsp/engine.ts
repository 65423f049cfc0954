// The DSP engine: runs the packets of a DMA buffer, one after another. It keeps nothing between packets but the pool's
// bounds: every packet carries all its addresses, so anything may run between two (dxgk-render §5.8).

import {
  BIND_BYTES,
  BIQUAD_BYTES,
  CONVERT_BYTES,
  COPY_BYTES,
  DSP_BIND,
  DSP_BIQUAD,
  DSP_CONVERT,
  DSP_COPY,
  DSP_FILL,
  DSP_GAIN,
  DSP_MARK,
  DSP_METER,
  DSP_MIX,
  DSP_NOISE,
  DSP_RESAMPLE,
  DSP_SWEEP,
  DSP_TONE,
  DSP_UFENCE,
  DSP_UNBIND,
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  FILL_BYTES,
  GAIN_BYTES,
  MARK_BYTES,
  METER_BYTES,
  MIX_ADD,
  MIX_SOURCES,
  NOISE_BYTES,
  NOISE_PINK,
  PACKET_BYTES,
  PACKET_FLAGS,
  PACKET_HEADER_BYTES,
  PACKET_OPCODE,
  RESAMPLE_BYTES,
  RESAMPLE_STREAMING,
  SWEEP_BYTES,
  SWEEP_LOGARITHMIC,
  TONE_BYTES,
  UFENCE_BYTES,
  WAVE_MASK,
} from '../../src/hda/dsp-packets.ts';
import { GUEST_RAM } from '../layout.ts';
import { inRam } from '../memory.ts';
import { biquad } from './biquad.ts';
import { convert } from './convert.ts';
import { gain } from './gain.ts';
import { meter } from './meter.ts';
import { mix } from './mix.ts';
import { copy, fence, fill } from './move.ts';
import { noise } from './noise.ts';
import { setPool } from './packet.ts';
import { resampleCommand } from './resample-command.ts';
import { sweep } from './sweep.ts';
import { tone } from './tone.ts';

let fault: u32 = ENGINE_OK;

/** Where the kernel's DMA buffers lie; no packet's operand may reach there. */
export function dspProtect(start: u32, end: u32): void {
  setPool(start, end);
}

/** Why the last dspExecute stopped before `end`: ENGINE_OK when it had run its `packets`. */
export function dspFault(): u32 {
  return fault;
}

/**
 * Runs packets at physical address `start` up to `end`, at most `packets` of them; returns the address where it stopped.
 * Cost: bounded by PACKET_FRAMES_MAX and MIX_SOURCES_MAX a packet; no allocation.
 */
export function dspExecute(start: u32, end: u32, packets: u32): u32 {
  fault = ENGINE_OK;
  if (end < start || !inRam(start, end - start) || <u64>GUEST_RAM + end > (<u64>memory.size()) << 16) {
    fault = ENGINE_BAD_ADDRESS;
    return start;
  }
  for (; start < end && packets > 0; packets--) {
    const packet = GUEST_RAM + start;
    const left = end - start;
    const bytes: u32 = left < PACKET_HEADER_BYTES ? 0 : load<u32>(packet, PACKET_BYTES);
    // A size of 0 would spin.
    fault = bytes < PACKET_HEADER_BYTES || bytes > left || (bytes & 7) !== 0 ? ENGINE_MALFORMED : run(packet, bytes);
    if (fault !== ENGINE_OK) return start;
    start += bytes;
  }
  return start;
}

function run(packet: u32, bytes: u32): u32 {
  const opcode = <u32>load<u16>(packet, PACKET_OPCODE);
  const flags = <u32>load<u16>(packet, PACKET_FLAGS);
  if (bytes !== packetBytes(opcode, bytes) || (flags & ~packetFlags(opcode)) !== 0) return ENGINE_MALFORMED;
  switch (opcode) {
    case DSP_COPY:
      return copy(packet);
    case DSP_FILL:
      return fill(packet);
    case DSP_TONE:
      return tone(packet, flags);
    case DSP_GAIN:
      return gain(packet);
    case DSP_MIX:
      return mix(packet, flags);
    case DSP_CONVERT:
      return convert(packet);
    case DSP_METER:
      return meter(packet);
    case DSP_UFENCE:
      return fence(packet);
    case DSP_SWEEP:
      return sweep(packet, flags);
    case DSP_NOISE:
      return noise(packet, flags);
    case DSP_BIQUAD:
      return biquad(packet);
    case DSP_RESAMPLE:
      return resampleCommand(packet, flags);
    default:
      return ENGINE_OK; // BIND, UNBIND, MARK: for the kernel, not for us
  }
}

/** The bytes that a packet of this opcode has; 0 for what the engine does not know. */
function packetBytes(opcode: u32, bytes: u32): u32 {
  switch (opcode) {
    case DSP_COPY:
      return COPY_BYTES;
    case DSP_FILL:
      return FILL_BYTES;
    case DSP_TONE:
      return TONE_BYTES;
    case DSP_GAIN:
      return GAIN_BYTES;
    case DSP_MIX:
      return max(bytes, MIX_SOURCES); // mix() knows its count
    case DSP_CONVERT:
      return CONVERT_BYTES;
    case DSP_METER:
      return METER_BYTES;
    case DSP_UFENCE:
      return UFENCE_BYTES;
    case DSP_BIND:
    case DSP_UNBIND:
      return BIND_BYTES;
    case DSP_MARK:
      return MARK_BYTES;
    case DSP_SWEEP:
      return SWEEP_BYTES;
    case DSP_NOISE:
      return NOISE_BYTES;
    case DSP_BIQUAD:
      return BIQUAD_BYTES;
    case DSP_RESAMPLE:
      return RESAMPLE_BYTES;
    default:
      return 0;
  }
}

function packetFlags(opcode: u32): u32 {
  switch (opcode) {
    case DSP_TONE:
      return WAVE_MASK;
    case DSP_SWEEP:
      return SWEEP_LOGARITHMIC;
    case DSP_NOISE:
      return NOISE_PINK;
    case DSP_MIX:
      return MIX_ADD;
    case DSP_RESAMPLE:
      return RESAMPLE_STREAMING;
    default:
      return 0;
  }
}
