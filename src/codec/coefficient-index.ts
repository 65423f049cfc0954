// The coefficient index moves on at every access and wraps at NumCoeff (hda-hardware §5.12).

/** Coefficients by parameter 10h; a codec that does not publish their number has all that 16 bits reach. */
function coefficientCount(processingCaps: number): number {
  return (processingCaps >>> 8) & 0xff || 0x10000;
}

export function nextCoefficientIndex(index: number, processingCaps: number): number {
  return index + 1 === coefficientCount(processingCaps) ? 0 : (index + 1) & 0xffff;
}

/** The index that an access moves on to this one. */
export function previousCoefficientIndex(index: number, processingCaps: number): number {
  return index === 0 ? coefficientCount(processingCaps) - 1 : index - 1;
}
