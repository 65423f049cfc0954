export { builtInCodecs } from '../codec/built-in.ts'; // not by way of ./codec.ts: a page pays for no parser
export type { Azalia, AzaliaEventMap, Interruption } from '../web/azalia.ts';
export type { Bus, Remote, RemoteEvent, RemoteInterface, RemoteMemory } from '../web/bus.ts';
export type { CaptureOptions, CaptureStream } from '../web/capture.ts';
export { type AzaliaOptions, createAzalia } from '../web/create.ts';
export type { FilePlayback, PlayOptions } from '../web/decode.ts';
export type { Dsp, RemoteDspBuffer, RemoteDspContext } from '../web/dsp.ts';
export { AzaliaError, type AzaliaErrorName } from '../web/errors.ts';
export type { Latency } from '../web/latency.ts';
export type { RemoteCodec } from '../web/remote-codec.ts';
export type { Chunk, RenderOptions, RenderStream } from '../web/render.ts';
export type { Statistics } from '../web/statistics.ts';
export type { Tone, ToneOptions, ToneSettings } from '../web/tone.ts';
export { missingForSharedMemory, type TransportChoice } from '../web/transport.ts';
export type { CapturedSamples } from '../worker/capture-queue.ts';
export type { LoadedDriver } from '../worker/drivers.ts';
export type { Observation } from '../worker/inspector.ts';
export type { OutputDescription, PinDescription, Transport } from '../worker/protocol.ts';
export type { CodecModel, CodecSource, WindowsVersion } from './machine.ts';
