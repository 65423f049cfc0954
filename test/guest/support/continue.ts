// The other process of elsewhere.ts: goes on from the state in a folder and leaves there what it heard.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachHdAudio } from '../../../src/entries/v86.ts';
import { Guest } from './guest.ts';

const [, , folder = '', pin = ''] = process.argv;
const steps: Float32Array[][] = [];
const guest = await Guest.create({ clock: 'virtual' });
await attachHdAudio(guest.emulator, {
  onOutput: (channels, _rateHz, at) => {
    if (at === Number(pin)) steps.push(channels);
  },
});
await guest.emulator.restore_state(new Uint8Array(readFileSync(join(folder, 'state'))).buffer);
const done = guest.until('RIG-DONE');
guest.emulator.run();
await done;
for (const [channel, name] of ['left', 'right'].entries()) {
  writeFileSync(
    join(folder, name),
    Buffer.concat(steps.map((step) => new Uint8Array((step[channel] as Float32Array).buffer))),
  );
}
process.exit(0);
