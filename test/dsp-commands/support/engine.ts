export { createDspEngine as createTestEngine, type DspEngine as TestEngine } from '../../../bench/dsp-engine.ts';
