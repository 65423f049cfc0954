// Lines that function groups and widgets share (hda-hardware §6.2).

import * as P from '../../hda/parameters.ts';
import { pcmCapabilityRates, pcmCapabilitySizes } from '../../hda/pcm.ts';
import { hex, hexPadded, type Lines } from './lines.ts';
import * as W from './words.ts';

export function formatPcm(
  lines: Lines,
  { pcm = 0, streamFormats = 0 }: { pcm?: number; streamFormats?: number },
): void {
  const list = (values: readonly number[]) => values.map((value) => ` ${value}`).join('');
  lines.push(
    `    rates [${hex(pcm & 0xfff)}]:${list(pcmCapabilityRates(pcm))}`,
    `    bits [${hex((pcm >>> 16) & 0xff)}]:${list(pcmCapabilitySizes(pcm))}`,
    `    formats [${hex(streamFormats & 0xf)}]:${W.wordsOf(W.FORMAT_WORDS, streamFormats)}`,
  );
}

export function ampCaps(caps = 0): string {
  if (caps === 0) return 'N/A';
  const stepSize = P.ampStepQuarterDb(caps) - 1;
  const [offset, steps, size] = [P.ampOffset(caps), P.ampSteps(caps), stepSize].map((value) => hexPadded(value, 2));
  return `ofs=${offset}, nsteps=${steps}, stepsize=${size}, mute=${(caps & P.AMPCAP_MUTE) !== 0 ? 1 : 0}`;
}

export function formatPower(lines: Lines, node: { powerStates?: number; power?: number }): void {
  const { powerStates = 0, power = 0 } = node;
  const state = (value: number) => W.POWER_SETTINGS[value & 0xf] ?? 'UNKNOWN';
  lines.push(`  Power states: ${W.wordsOf(W.POWER_STATE_BITS, powerStates)}`);
  const flags = W.wordsOf(W.POWER_FLAG_BITS, power, ', ');
  lines.push(`  Power: setting=${state(power)}, actual=${state(power >>> 4)}${flags}`);
}
