// What the host calls: src/controller/core.ts.

import { advance, ticksToEvent } from './advance.ts';
import { clock } from './clock.ts';
import { dspExecute, dspFault, dspProtect, resamplerBytes, resamplerTaps } from './dsp/index.ts';
import { setRam } from './memory.ts';
import { programLoaded } from './program.ts';
import { resetStream, resetStreams, startStream, stopStream } from './stream.ts';

export {
  advance,
  dspExecute,
  dspFault,
  dspProtect,
  programLoaded,
  resamplerBytes,
  resamplerTaps,
  resetStream,
  resetStreams,
  startStream,
  stopStream,
  ticksToEvent,
};

/** Called once. RAM of `ramBytes` lies in our memory from GUEST_RAM on, or outside. */
export function initialize(ramBytes: f64, outside: bool, inputs: u32, outputs: u32): void {
  setRam(<u64>ramBytes, outside);
  clock().inputs = inputs;
  clock().outputs = outputs;
  resetStreams();
}
