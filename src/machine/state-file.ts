// The bytes of a saved machine: header, a JSON text of what is small, and binary sections.
//
//   0  'AZHD'   4  version   8  CRC-32 of what follows   12  sections, the JSON being the first
//   A section is its length (u32) and its bytes.

const MAGIC = 0x44485a41;
const VERSION = 2;
const HEADER_BYTES = 12;

export function writeState(json: unknown, sections: readonly Uint8Array[]): Uint8Array {
  const all = [new TextEncoder().encode(JSON.stringify(json)), ...sections];
  const out = new Uint8Array(all.reduce((bytes, section) => bytes + 4 + section.length, HEADER_BYTES));
  const view = new DataView(out.buffer);
  let at = HEADER_BYTES;
  for (const section of all) {
    view.setUint32(at, section.length, true);
    out.set(section, at + 4);
    at += 4 + section.length;
  }
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, crc32(out.subarray(HEADER_BYTES)), true);
  return out;
}

/** TypeError in one line for what is no saved machine, of another version, cut short or damaged. */
export function readState(state: Uint8Array): { json: unknown; sections: Uint8Array[] } {
  const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  if (state.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new TypeError('not a saved machine');
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw new TypeError(`saved machine of version ${version}: this package reads ${VERSION}`);
  if (view.getUint32(8, true) !== crc32(state.subarray(HEADER_BYTES))) {
    throw new TypeError('saved machine is cut short or damaged');
  }
  const sections: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < state.length; ) {
    const length = view.getUint32(at, true);
    sections.push(state.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [text, ...rest] = sections;
  return { json: JSON.parse(new TextDecoder().decode(text)), sections: rest };
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}
