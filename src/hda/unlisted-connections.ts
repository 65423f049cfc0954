// Output pins that select among converters which their connection lists do not name (hda-hardware §5.15).
//
// Such a pin reports a list of length 0, and verb 701h counts all the same: through the group's digital output converters
// in the order of their NIDs. What a driver cannot read it must know.

/** Vendor ids (parameter 00h) of these codecs. */
export const UNLISTED_CONVERTERS: readonly number[] = [
  0x80862807, // Haswell HDMI: 33 of its 42 dumps; Linux supplies the list by id («In-driver Connection: 3», §6.3)
];
