import { readBoard, type StreamFigures } from '../worker/board.ts';
import type { Transport } from '../worker/protocol.ts';

export interface Statistics {
  readonly transport: Transport;
  readonly sampleRate: number;
  /** What the transport keeps queued, and what it holds now. */
  readonly targetFrames: number;
  readonly queuedFrames: number;
  /** From a pin of the codec to the loudspeaker: what is queued, and the AudioContext's own share. */
  readonly latencySeconds: number;
  /** Frames that the audio callback has taken. */
  readonly framesPlayed: number;
  /** Render quanta that found too few frames. */
  readonly underruns: number;
  /** Render quanta of the input that were lost or came too late. */
  readonly inputGaps: number;
  /** 24 MHz link ticks since power-up: device time. */
  readonly linkTicks: number;
  /** Times that the controller's interrupt line rose. */
  readonly interrupts: number;
  /** The controller's output streams in register order. */
  readonly streams: readonly StreamFigures[];
}

export function readStatistics(
  board: Float64Array,
  transport: Transport,
  targetFrames: number,
  context: AudioContext,
): Statistics {
  const { framesWritten, ...figures } = readBoard(board);
  const queuedFrames = Math.max(0, framesWritten - figures.framesPlayed);
  const { sampleRate, baseLatency, outputLatency } = context;
  const latencySeconds = queuedFrames / sampleRate + (baseLatency || 0) + (outputLatency || 0);
  return { transport, sampleRate, targetFrames, queuedFrames, latencySeconds, ...figures };
}
