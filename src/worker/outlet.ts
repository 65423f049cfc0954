// Where the host's samples go: lanes of float32 towards an audio callback that takes them at its own pace.

/** Frames of one step: what an AudioWorklet's render quantum takes. */
export const STEP_FRAMES = 128;
/** Of a block of the transport 'scheduled': each is an AudioBuffer for every output. */
export const SCHEDULED_STEPS = 8;

/** The host's end of a transport. The other end plays whole quanta: all of one, or silence and one underrun counted. */
export interface Outlet {
  /** Calls `onRoom` now and whenever the other side has taken frames. */
  start(onRoom: () => void): void;
  /** Frames to write until the transport holds its target; act on whole steps. */
  readonly room: number;
  /** Frames that the audio callback has taken. */
  readonly played: number;
  /** Render quanta that found too few frames. */
  readonly underruns: number;
  /** One lane of the step that the next `commit` publishes: STEP_FRAMES samples; undefined is silence. */
  write(lane: number, samples: Float32Array | undefined): void;
  commit(): void;
  close(): void;
}
