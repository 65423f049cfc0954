// The device alone, as a driver's author meets it: registers and time. Node: `node machine.js` where azalia is installed.

import { createMachine } from 'azalia/machine';

const machine = await createMachine({ codecs: ['desktop'] });
const { controller, memory } = machine;

// Out of reset (§2.2): after 521 µs every codec has told of itself in STATESTS.
controller.write(0x08, 4, 1); // GCTL.CRST
machine.advance(25); // link frames of 1/48000 s
console.log('codecs', controller.read(0x0e, 2).toString(2));

// CORB and RIRB (§2.4, §2.5), 256 entries each, in guest RAM.
const [corb, rirb] = [0x1000, 0x2000];
controller.write(0x4e, 1, 2); // CORBSIZE
controller.write(0x5e, 1, 2); // RIRBSIZE
controller.write(0x40, 4, corb);
controller.write(0x50, 4, rirb);
controller.write(0x5a, 2, 1); // RINTCNT
controller.write(0x4c, 1, 2); // CORBCTL.RUN
controller.write(0x5c, 1, 2); // RIRBCTL.DMAEN

/** One verb through the rings; returns its response. */
function ask(command) {
  const at = (controller.read(0x48, 2) + 1) & 255;
  memory.write(corb + 4 * at, new Uint8Array(Uint32Array.of(command).buffer));
  controller.write(0x48, 2, at); // CORBWP: go
  machine.advance(2);
  const entry = memory.read(rirb + 8 * controller.read(0x58, 2), 8);
  return new DataView(entry.buffer).getUint32(0, true);
}

console.log('vendor', ask(0x000f0000).toString(16)); // node 0, GET_PARAMETER, vendor id
console.log('audio function group', ask(0x000f0004) >>> 16);
console.log('time', machine.linkTicks, 'ticks of 24 MHz');
machine.close();
