// What the page and the worker say to each other; Comlink carries it. Statuses travel in results, never on errors.

import type { ToneSettings } from '../dsp/tone.ts';
import type { CodecModel, CodecSource, WindowsVersion } from '../entries/machine.ts';
import type { PcmFormat } from '../hda/pcm.ts';
import type { Ring } from './ring.ts';

/**
 * How samples reach the audio callback: by a SharedArrayBuffer; by blocks that worker and worklet send each other; or by
 * AudioBufferSourceNodes that the page's thread puts on the context's clock, where there is no AudioWorklet.
 */
export type Transport = 'shared' | 'message' | 'scheduled';

export interface HostOptions {
  readonly codec: CodecSource;
  readonly windows: WindowsVersion;
  /** Of the AudioContext: the machine's analogue rate. */
  readonly rateHz: number;
  readonly transport: Transport;
  readonly targetFrames: number;
  /** The Web Lock that the worker holds for as long as it lives; null where there are none. */
  readonly lock: string | null;
  /** Where HostEvents go. */
  readonly events: MessagePort;
}

export interface HostDescription {
  readonly codec: CodecModel;
  readonly outputs: readonly OutputDescription[];
  /** null: blocks over a port. */
  readonly ring: Ring | null;
  /** The Board's words: shared with `ring`, else what they were. */
  readonly board: Float64Array;
  /** Worklet, or page where it is 'scheduled', needs a port to the worker: to get blocks, or to wake it. */
  readonly needsPort: boolean;
}

/** One output of the node: the pins of one association, channel after channel. */
export interface OutputDescription {
  readonly name: string;
  readonly pins: readonly PinDescription[];
  readonly channels: number;
}

export interface PinDescription {
  readonly nid: number;
  /** The output's first channel that is this pin's, and how many are. */
  readonly firstChannel: number;
  readonly channels: number;
  /** Of the configuration default, in words (hda-hardware §5.14): as «line out», «rear», «green». */
  readonly device: string;
  readonly location: string;
  readonly color: string;
}

export type HostEvent =
  | { readonly kind: 'board'; readonly board: Float64Array }
  | { readonly kind: 'underrun'; readonly underruns: number }
  /** A jack was plugged or pulled. */
  | { readonly kind: 'jack'; readonly pin: number; readonly present: boolean }
  /** A line of a driver's KdPrintEx. */
  | { readonly kind: 'debug'; readonly line: string }
  | { readonly kind: 'failed'; readonly message: string };

export interface StreamRequest extends PcmFormat {
  readonly pin?: number;
}

export interface ToneRequest extends ToneSettings {
  readonly format: StreamRequest;
  /** Infinity: until it is stopped. */
  readonly frames: number;
}

/** A stream that was opened, or null, an NTSTATUS and one line that says why. */
export interface Opened {
  readonly id: number | null;
  readonly status: number;
  readonly reason: string;
  readonly pins: readonly number[];
}

/** 8 bits are unsigned; floats have full scale ±1. */
export type Interleaved = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;
/** Interleaved, or one array per channel. */
export type Samples = Interleaved | readonly Float32Array[];
