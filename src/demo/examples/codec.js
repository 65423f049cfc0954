// A codec from an ALSA text dump (/proc/asound/card0/codec#0): what can be heard where, and what must be set for it.
// Node: `node codec.js FILE` where azalia is installed; without FILE the built-in «laptop» shows it.

import { readFileSync } from 'node:fs';
import { builtInCodecs, parseCodecDump, waysOf } from 'azalia/codec';

const file = process.argv[2];
const [codec] = file ? parseCodecDump(readFileSync(file, 'utf8')) : [builtInCodecs.laptop];

console.log(codec.name);
for (const { pin, direction, ways, eapd } of waysOf(codec)) {
  const [shortest] = ways;
  if (!shortest) continue;
  const nodes = shortest.steps.map(({ nid }) => nid.toString(16).padStart(2, '0')).join(' → ');
  console.log(`pin ${pin.toString(16)} ${direction.padEnd(3)}  ${nodes}${eapd ? '  (external amplifier on)' : ''}`);
}
