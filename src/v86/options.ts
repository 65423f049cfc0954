import type { CodecSource } from '../entries/machine.ts';

/** Planar float32 that reached a pin since the last call. */
export type OutputListener = (channels: Float32Array[], rateHz: number, pin: number) => void;

/**
 * The next `frames` frames at a jack, planar, or null for silence. Asked only for input pins that a running converter can
 * hear, exactly as often as guest time passes.
 */
export type InputSource = (frames: number, rateHz: number, pin: number) => Float32Array[] | null;

export interface HdAudioOptions {
  /** One codec, or one for each SDI address; default `'desktop'`. A dump's codecs take the addresses that it names. */
  codec?: CodecSource | readonly CodecSource[];
  /**
   * Sound goes there, of the first output pin that sounds; the card's analogue rate is then the context's. A resampler
   * takes up what the audio clock and the guest's differ by, up to 2000 ppm.
   */
  audioContext?: AudioContext;
  /** PCI slot, 1…31; default the first free one from 4 on. */
  slot?: number;
  /** Of the registers, a multiple of 128 KiB above RAM; default the first free one from FEA00000h on. */
  address?: number;
  onOutput?: OutputListener;
  /**
   * What all input jacks hear: a function, asked as guest time passes, or with `audioContext` an AudioNode of that context
   * or a MediaStream, as getUserMedia gives it.
   */
  input?: InputSource | AudioNode | MediaStream;
}

export interface HdAudioStatistics {
  /** Frames handed out, over all pins. */
  readonly outputFrames: number;
  /** Frames of input taken in, over all pins. */
  readonly inputFrames: number;
  /** Render quanta of the AudioContext that found no sound ready, since there was any. */
  readonly underruns: number;
  /** Times that the guest recorded and too little had come from the AudioNode or MediaStream. */
  readonly inputGaps: number;
  /** Frames left out because the AudioContext did not take them: it was suspended, or its clock is much slower. */
  readonly droppedFrames: number;
  /** How much faster the guest's clock is than the AudioContext's, as far as that is known by now. */
  readonly driftPpm: number;
  /** Register accesses of the guest. */
  readonly accesses: number;
  /** Guest time in which the card stood still because the emulator was not run, in milliseconds. */
  readonly skippedMs: number;
  readonly diagnostics: Readonly<Record<string, number>>;
}
