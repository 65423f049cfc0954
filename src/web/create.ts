import * as Comlink from 'comlink';
import type { CodecSource, WindowsVersion } from '../entries/machine.ts';
import type { HostDescription } from '../worker/protocol.ts';
import { Azalia } from './azalia.ts';
import { HostConnection } from './connect.ts';
import { AzaliaError } from './errors.ts';
import { createWorker as createOwnWorker, workletUrl } from './files.ts';
import { type Latency, targetFrames } from './latency.ts';
import { chooseTransport, type TransportChoice } from './transport.ts';

export interface AzaliaOptions {
  /** Default: one of its own at 48 kHz, closed with it. */
  readonly context?: AudioContext;
  /** Default 'desktop'. */
  readonly codec?: CodecSource;
  /** Default 'auto': shared memory where the page is cross-origin isolated, else messages. */
  readonly transport?: TransportChoice;
  /** How much stays queued for the audio callback; a number is seconds. Default 'balanced'. */
  readonly latency?: Latency;
  /** Default 'win10-19h1'. */
  readonly windows?: WindowsVersion;
  /** Where worker.js and worklet.js are, if not beside this module. */
  readonly workerUrl?: string | URL;
  readonly workletUrl?: string | URL;
  /** Gives creation up. */
  readonly signal?: AbortSignal;
}

/**
 * Powers a machine up in a worker, boots Windows on it, and joins its codec's pins to an AudioNode. Works before a user
 * gesture: nothing passes in the machine until the context runs.
 * Errors: RangeError and TypeError for options; AzaliaError (see its names) for what the page cannot do.
 */
export async function createAzalia(options: AzaliaOptions = {}): Promise<Azalia> {
  options.signal?.throwIfAborted();
  if (typeof AudioContext === 'undefined') {
    throw new AzaliaError('UnsupportedError', 'There is no AudioContext here; outside browsers use azalia/machine.');
  }
  const { latency = 'balanced' } = options;
  const hint = typeof latency === 'number' ? 'interactive' : latency;
  const context = options.context ?? new AudioContext({ sampleRate: 48_000, latencyHint: hint });
  try {
    return await createOn(context, options, latency);
  } catch (error) {
    if (!options.context) await context.close();
    throw error;
  }
}

async function createOn(context: AudioContext, options: AzaliaOptions, latency: Latency): Promise<Azalia> {
  const { codec = 'desktop', windows = 'win10-19h1', signal } = options;
  const transport = chooseTransport(options.transport ?? 'auto', context);
  const frames = targetFrames(latency, transport, context);

  const events = new MessageChannel();
  const connection = new HostConnection(createWorker(options.workerUrl));
  const abort = () => connection.close(new AzaliaError('ClosedError', 'creation was aborted'));
  signal?.addEventListener('abort', abort);
  try {
    const [description] = await Promise.all([
      connection
        .open({ codec, windows, rateHz: context.sampleRate, transport, targetFrames: frames, events: events.port2 })
        .then(() => connection.call((host) => host.description)),
      addWorklet(context, options.workletUrl ?? workletUrl()),
    ]);
    const node = await createNode(context, connection, description);
    const ownsContext = !options.context;
    return new Azalia({
      context,
      ownsContext,
      connection,
      description,
      node,
      transport,
      targetFrames: frames,
      events: events.port1,
    });
  } catch (error) {
    connection.close(new AzaliaError('ClosedError', 'creation failed'));
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function createWorker(url: string | URL | undefined): Worker {
  try {
    return url ? new Worker(url, { type: 'module', name: 'azalia' }) : createOwnWorker();
  } catch (error) {
    throw new AzaliaError('WorkerError', `The browser refused the worker: ${(error as Error).message}`);
  }
}

async function addWorklet(context: AudioContext, url: string | URL): Promise<void> {
  try {
    await context.audioWorklet.addModule(url);
  } catch (error) {
    // All that a browser says of a blocked or missing module is AbortError.
    const what = `The worklet did not load from ${url} (${(error as Error).message})`;
    throw new AzaliaError('WorkletError', `${what}: is the file served, and does CSP allow it (script-src)?`);
  }
}

/** Samples wait for the node before it asks for the first. */
async function createNode(
  context: AudioContext,
  connection: HostConnection,
  { codec, outputs, ring, needsPort }: HostDescription,
): Promise<AudioWorkletNode> {
  if (outputs.length === 0) throw new RangeError(`codec ${codec.name} has no output pin`);
  const output = needsPort ? new MessageChannel() : null;
  const input = new MessageChannel();
  const given = [input.port1, ...(output ? [output.port1] : [])];
  await connection.call((host) =>
    host.start(Comlink.transfer({ input: input.port1, output: output?.port1 ?? null }, given)),
  );
  const node = new AudioWorkletNode(context, 'azalia-output', {
    numberOfInputs: 1,
    channelCount: 2,
    channelCountMode: 'explicit',
    numberOfOutputs: outputs.length,
    outputChannelCount: outputs.map(({ channels }) => channels),
    processorOptions: { ring },
  });
  const ports = [input.port2, ...(output ? [output.port2] : [])];
  node.port.postMessage({ input: input.port2, output: output?.port2 ?? null }, ports);
  return node;
}
