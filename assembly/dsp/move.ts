// COPY, FILL and the user's fence: bytes that nobody interprets.

import {
  COPY_DST,
  COPY_SRC,
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  FILL_DST,
  FILL_PATTERN,
  FILL_PATTERN_BYTES,
  PACKET_MOVE_BYTES_MAX,
  UFENCE_DST,
  UFENCE_VALUE,
} from '../../src/hda/dsp-packets.ts';
import { operand, operandBytes } from './packet.ts';

export function copy(packet: u32): u32 {
  const bytes = operandBytes(packet + COPY_DST);
  if (bytes !== operandBytes(packet + COPY_SRC) || bytes > PACKET_MOVE_BYTES_MAX) return ENGINE_MALFORMED;
  const to = operand(packet + COPY_DST, 4);
  const from = operand(packet + COPY_SRC, 4);
  if (to === 0 || from === 0) return ENGINE_BAD_ADDRESS;
  memory.copy(to, from, bytes);
  return ENGINE_OK;
}

export function fill(packet: u32): u32 {
  const bytes = operandBytes(packet + FILL_DST);
  const patternBytes = load<u32>(packet, FILL_PATTERN_BYTES);
  if (patternBytes !== 1 && patternBytes !== 2 && patternBytes !== 4) return ENGINE_MALFORMED;
  if (bytes > PACKET_MOVE_BYTES_MAX || (bytes & (patternBytes - 1)) !== 0) return ENGINE_MALFORMED;
  const to = operand(packet + FILL_DST, patternBytes);
  if (to === 0) return ENGINE_BAD_ADDRESS;
  let pattern = load<u32>(packet, FILL_PATTERN);
  if (patternBytes === 1) pattern = (pattern & 0xff) * 0x01010101;
  else if (patternBytes === 2) pattern = (pattern & 0xffff) * 0x00010001;
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const patterns = i32x4.splat(pattern);
    for (; n + 16 <= bytes; n += 16) v128.store(to + n, patterns);
  }
  for (; n + 4 <= bytes; n += 4) store<u32>(to + n, pattern);
  for (; n < bytes; n++, pattern >>>= 8) store<u8>(to + n, pattern);
  return ENGINE_OK;
}

export function fence(packet: u32): u32 {
  if (operandBytes(packet + UFENCE_DST) !== 8) return ENGINE_MALFORMED;
  const to = operand(packet + UFENCE_DST, 8);
  if (to === 0) return ENGINE_BAD_ADDRESS;
  store<u64>(to, load<u64>(packet, UFENCE_VALUE));
  return ENGINE_OK;
}
