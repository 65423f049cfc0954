// What the DSP engine shows to the host; src/dsp/engine.ts is its other side.

import { dspExecute, dspFault, dspProtect } from './engine.ts';
import { resamplerBytes, resamplerTaps } from './resample.ts';

export { dspExecute, dspFault, dspProtect, resamplerBytes, resamplerTaps };
