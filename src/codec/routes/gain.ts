// Gains as the amps' capabilities say (hda-hardware §5.7): dB(step) = (step − offset) · (StepSize + 1) · 0.25.

import { ampOffset, ampStepQuarterDb, ampSteps } from '../../hda/parameters.ts';
import { AMP_GAIN } from '../../hda/verbs.ts';
import type { Node } from '../node.ts';

/** One factor of a path's gain, read anew whenever an amp was set. */
export type Factor = () => number;

/** Linear; exactly 1 at 0 dB. */
export function gainOfQuarterDb(quarterDb: number): number {
  return quarterDb === 0 ? 1 : 10 ** (quarterDb / 80);
}

export function gainOf(factors: readonly Factor[]): number {
  let gain = 1;
  for (const factor of factors) gain *= factor();
  return gain;
}

/** The gain of an amp's side; `attenuation` in its own steps comes off on top (a volume knob in direct mode). */
export function ampFactor(node: Node, output: boolean, at: number, attenuation: number): Factor {
  const caps = node.ampCaps(output);
  const { amps } = node.state;
  return () => {
    // A dump may hold a gain above NumSteps; the amp goes no higher than its last step.
    const step = Math.min((amps[at] as number) & AMP_GAIN, ampSteps(caps));
    return gainOfQuarterDb((step - ampOffset(caps) - attenuation) * ampStepQuarterDb(caps));
  };
}
