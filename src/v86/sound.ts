// What an AudioContext gives the card: where its sound goes, and where a jack's comes from.

import type { Microphone } from './microphone.ts';
import type { HdAudioOptions } from './options.ts';
import type { Speaker } from './speaker.ts';

export interface Sound {
  readonly speaker: Speaker;
  /** Null where the input is no AudioNode or MediaStream. */
  readonly microphone: Microphone | null;
  close(): void;
}

export type OpenSound = (context: AudioContext, input: HdAudioOptions['input']) => Promise<Sound>;
