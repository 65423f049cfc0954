// What the audio class driver offers to those above it.

import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { SampleBits } from '../../hda/pcm.ts';
import type { Topology } from './topology.ts';

/** The function driver's device on one audio function group. */
export interface AudioDevice {
  readonly codecAddress: number;
  readonly topology: Topology;
  /** Output 0 first: the first association of line-outs, else of speakers, headphones, digital outputs; then the others. */
  readonly outputs: readonly OutputGroup[];
  /** Input pins that reach an ADC: line-in, microphone, auxiliary, CD, digital; then the others. */
  readonly inputs: readonly InputPin[];
  /** Between power states: nothing opens or starts (STATUS_DEVICE_NOT_READY), and what ran goes on when power is back. */
  readonly asleep: boolean;
  /** Whether a jack that is plugged while the device sleeps wakes it, and the system with it. False at the start. */
  wakesOnJack: boolean;
  openRender(request: RenderRequest): RenderResult;
  openCapture(request: CaptureRequest): CaptureResult;
}

export interface InputPin {
  /** The pin's default device: `line in`, `microphone`, …. */
  readonly name: string;
  readonly pin: number;
}

export interface OutputGroup {
  /** The pins' default device: `line out`, `speaker`, `headphone`, `S/PDIF out`, …. */
  readonly name: string;
  /** In the order of their sequence numbers. */
  readonly pins: readonly number[];
}

export interface RenderRequest {
  readonly rateHz: number;
  readonly bits: SampleBits;
  /** 1…16. Channels 2k and 2k+1 go to the k-th pin. */
  readonly channels: number;
  /** This pin alone; without it output 0. */
  readonly pin?: number;
  /** Size of the cyclic buffer, rounded to what the hardware takes; default 20 ms. */
  readonly bufferFrames?: number;
}

export interface RenderResult {
  readonly status: NTSTATUS;
  readonly stream: RenderStream | null;
  /** One line: what was refused, and what there is instead; empty on success. */
  readonly reason: string;
}

/**
 * Fills `into` with frames `firstFrame`…`firstFrame + frames − 1` of the stream, interleaved, in containers as HD Audio
 * packs them; silence where there is nothing.
 */
export type SampleSource = (into: Uint8Array, firstFrame: number, frames: number) => void;

export interface RenderStream {
  /** Channels 2k and 2k+1 go to pins[k]; a pin whose converter has more channels takes them all. */
  readonly pins: readonly number[];
  readonly frameBytes: number;
  readonly bufferFrames: number;
  /** Fills the buffer and starts; no device time passes after RUN is set. */
  start(source: SampleSource): NTSTATUS;
  /** Stops; the next start begins at frame 0. Idempotent. */
  stop(): NTSTATUS;
  /** Stops and gives engine, buffer and converters back. Idempotent. */
  close(): NTSTATUS;
  /** Frames that went over the link since start, exact. */
  readonly framesPlayed: number;
  /** Notifications since start: two a buffer. */
  readonly notifications: number;
  /** Frames that went out before the source was asked for them. */
  readonly underrunFrames: number;
}

export interface CaptureRequest {
  readonly rateHz: number;
  readonly bits: SampleBits;
  /** What the ADC has: mostly 1 or 2. */
  readonly channels: number;
  /** This input pin; without it the first of `inputs`. */
  readonly pin?: number;
  readonly bufferFrames?: number;
}

export interface CaptureResult {
  readonly status: NTSTATUS;
  readonly stream: CaptureStream | null;
  readonly reason: string;
}

/** Takes frames `firstFrame`…`firstFrame + frames − 1`, interleaved, in containers as HD Audio packs them. */
export type SampleSink = (from: Uint8Array, firstFrame: number, frames: number) => void;

export interface CaptureStream {
  /** The input pin. */
  readonly pins: readonly number[];
  readonly frameBytes: number;
  readonly bufferFrames: number;
  start(sink: SampleSink): NTSTATUS;
  /** Stops, and hands out what is left. Idempotent. */
  stop(): NTSTATUS;
  close(): NTSTATUS;
  /** Frames that came over the link since start, exact. */
  readonly framesCaptured: number;
  readonly notifications: number;
  /** Frames that were overwritten before the sink got them. */
  readonly overrunFrames: number;
}
