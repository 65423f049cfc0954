// Verbs over CORB and RIRB alone, by register accesses, as a driver sends them (hda-hardware §2.4, §2.5, §3).

import type { Machine } from '../entries/machine.ts';
import {
  CORBCTL,
  CORBCTL_RUN,
  CORBLBASE,
  CORBSIZE,
  CORBWP,
  GCTL,
  GCTL_CRST,
  RINTCNT,
  RIRBCTL,
  RIRBCTL_DMAEN,
  RIRBLBASE,
  RIRBSIZE,
  RIRBWP,
} from '../hda/registers.ts';

const CORB = 0x1000;
const RIRB = 0x2000;
const SIZE_256 = 2;
const CODECS_FRAMES = 25; // 521 µs after RESET# (§3.1)
const ANSWER_FRAMES = 2; // a command goes out in one frame, its response comes in the next

/** Takes the controller out of reset and gives what sends a whole command word and returns its response. */
export function startVerbRings(machine: Machine): (command: number) => number {
  const { controller, memory } = machine;
  controller.write(GCTL, 4, GCTL_CRST);
  machine.advance(CODECS_FRAMES);
  controller.write(CORBLBASE, 4, CORB);
  controller.write(CORBSIZE, 1, SIZE_256);
  controller.write(RIRBLBASE, 4, RIRB);
  controller.write(RIRBSIZE, 1, SIZE_256);
  controller.write(RINTCNT, 2, 1);
  controller.write(CORBCTL, 1, CORBCTL_RUN);
  controller.write(RIRBCTL, 1, RIRBCTL_DMAEN);
  return (command) => {
    const at = (controller.read(CORBWP, 2) + 1) & 0xff;
    memory.write(CORB + 4 * at, new Uint8Array(Uint32Array.of(command).buffer));
    controller.write(CORBWP, 2, at);
    machine.advance(ANSWER_FRAMES);
    const entry = memory.read(RIRB + 8 * controller.read(RIRBWP, 2), 4);
    return new DataView(entry.buffer).getUint32(0, true);
  };
}
