// Random numbers by index instead of by sequence: the same frame has the same number however the work is split.

/** 32 well-mixed bits of 32 bits; a bijection (C. Wellons, «lowbias32»). */
export function mixBits(bits: number): number {
  let x = bits | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** Uniform in [0, 1): a pure function of stream and index, both taken modulo 2³². */
export function uniformAt(stream: number, index: number): number {
  return mixBits(mixBits(stream) ^ mixBits(index + 0x9e3779b9)) / 2 ** 32;
}
