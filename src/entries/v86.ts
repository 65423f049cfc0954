// `azalia/v86`: an HD Audio card for the PC emulator v86.

export { attachHdAudio, type HdAudio } from '../v86/attach.ts';
export type { Emulator } from '../v86/emulator.ts';
export type { HdAudioOptions, HdAudioStatistics, InputSource, OutputListener } from '../v86/options.ts';
