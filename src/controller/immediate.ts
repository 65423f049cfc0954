// Immediate commands (hda-hardware §3.4): one command through three registers, no ring and no interrupt.

import { ICII, ICIS, ICIS_ICB, ICIS_IRV, ICOI } from '../hda/registers.ts';
import type { CodecLink } from './codec-link.ts';
import type { RegisterFile } from './register-file.ts';

/**
 * ICB was written as 1. The answer is there when the write returns: ICB 0 and IRV 1 at once. Where nobody answers,
 * ICB stays 1 until software gives up and writes 0, or tries another command (hostile-inputs §5: PIO after an empty
 * address). Real parts want the CORB stopped; ours has drained by then, so nothing collides and nothing is refused.
 */
export function sendImmediate(registers: RegisterFile, link: CodecLink): void {
  const response = link.command(registers.get32(ICOI));
  const status = registers.get8(ICIS);
  if (response === null) {
    registers.set8(ICIS, status & ~ICIS_IRV);
    return;
  }
  registers.set32(ICII, response);
  registers.set8(ICIS, (status & ~ICIS_ICB) | ICIS_IRV);
}
