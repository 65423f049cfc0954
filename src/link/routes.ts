// How samples flow through a codec, compiled from its verbs into what the core runs.
//
// Channels are numbered from 0 within one codec. Each is a lane of float32 samples at a rate of its own and is written
// by exactly one converter, input pin or run of mixes. The core runs the mixes in order, so a mix reads only channels
// that are complete by then. Everything that silences a path (mute, OUT enable, D3, EAPD, wrong selector) is simply absent.

export interface Routes {
  readonly channels: number;
  readonly outputs: readonly RouteConverter[];
  readonly inputs: readonly RouteConverter[];
  readonly mixes: readonly RouteMix[];
  readonly pins: readonly RoutePin[];
  readonly feeds: readonly RouteFeed[];
  /** Linear gains, one per mix; changed in place, followed by LinkHost.gainsChanged(). */
  readonly gains: Float32Array;
}

/** A converter that listens to (output) or talks on (input) a stream tag. */
export interface RouteConverter {
  readonly nid: number;
  /** 1…15; a converter with tag 0 is not listed. */
  readonly tag: number;
  /** The stream's channel that is this converter's first. */
  readonly firstStreamChannel: number;
  /** The converter's own format word (§4): the stream's must agree in rate and size. */
  readonly format: number;
  /** Rate of its lanes: the analogue rate. Where the format has another, a resampler stands between. */
  readonly rateHz: number;
  /**
   * Lanes. Output: written from the stream, one after the other; of a one-channel stream every lane gets that channel.
   * Input: read into the stream; −1 is silence.
   */
  readonly lanes: readonly number[];
}

/** lane `into` = (first ? 0 : lane `into`) + gains[i] × lane `from`, for mix i. */
export interface RouteMix {
  readonly into: number;
  readonly from: number;
  readonly first: boolean;
  readonly rateHz: number;
}

/** What reaches a pin. */
export interface RoutePin {
  readonly nid: number;
  readonly rateHz: number;
  /** One lane per channel of the converter that feeds the pin, else of the pin; −1 is silence. */
  readonly lanes: readonly number[];
}

/** An input pin's jack, whose lanes the embedder feeds, or a beep generator, whose lanes the machine fills. */
export interface RouteFeed {
  readonly nid: number;
  readonly rateHz: number;
  readonly lanes: readonly number[];
  /** Beep: a square wave of 48000 / (4 · divider) Hz since power-up (§5.12; codec/beep.ts). Absent: a jack. */
  readonly beepDivider?: number;
}
