import * as Comlink from 'comlink';
import type { CodecSource, WindowsVersion } from '../entries/machine.ts';
import type { HostDescription } from '../worker/protocol.ts';
import { unlessAborted } from './abort.ts';
import { Azalia } from './azalia.ts';
import { HostConnection } from './connect.ts';
import { AzaliaError, type AzaliaErrorName } from './errors.ts';
import { createWorker as createOwnWorker, workletUrl } from './files.ts';
import { type Latency, targetFrames } from './latency.ts';
import { type CreateSound, loadWorklet, type SoundPorts } from './sound.ts';
import { chooseTransport, type TransportChoice } from './transport.ts';

export interface AzaliaOptions {
  /** Default: one of its own at 48 kHz, closed with it. */
  readonly context?: AudioContext;
  /** Default 'desktop'. */
  readonly codec?: CodecSource;
  /**
   * Default 'auto': shared memory where the page is cross-origin isolated, else messages; scheduled buffers where there
   * is no AudioWorklet.
   */
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
  const worklet = options.workletUrl ?? workletUrl();
  const connection = new HostConnection(createWorker(options.workerUrl));
  const policy = watchPolicy();
  try {
    const power = connection
      .open({ codec, windows, rateHz: context.sampleRate, transport, targetFrames: frames })
      .then(() => connection.call((host) => host.description));
    const load = transport === 'scheduled' ? loadScheduled() : loadWorklet(context, worklet);
    const [description, createSound] = await unlessAborted(Promise.all([power, load]), signal);
    const { outputs, ring } = description;
    if (outputs.length === 0) throw new RangeError(`codec ${description.codec.name} has no output pin`);
    const ports = await unlessAborted(startHost(connection, description), signal);
    const sound = createSound(context, outputs, ring, ports);
    const ownsContext = !options.context;
    return new Azalia({ context, ownsContext, connection, description, sound, transport, targetFrames: frames });
  } catch (error) {
    connection.close(new AzaliaError('ClosedError', 'creation failed'));
    if (isFault(error, 'WorkletError')) throw await explain(error, worklet, policy.violations);
    if (isFault(error, 'WorkerError') && !connection.didLoad) {
      throw await explain(error, options.workerUrl ?? createOwnWorker, policy.violations);
    }
    throw error;
  } finally {
    policy.end();
  }
}

function createWorker(url: string | URL | undefined): Worker {
  try {
    return url ? new Worker(url, { type: 'module', name: 'azalia' }) : createOwnWorker();
  } catch (error) {
    const { message } = error as Error;
    throw new AzaliaError('WorkerError', `The browser refused the worker (azalia/inline needs no file): ${message}`);
  }
}

/** What a Content-Security-Policy has blocked since. */
function watchPolicy() {
  const violations: SecurityPolicyViolationEvent[] = [];
  const listening = new AbortController();
  const { signal } = listening;
  globalThis.document?.addEventListener('securitypolicyviolation', (event) => violations.push(event), { signal });
  return { violations, end: () => listening.abort() };
}

type Fault<Name extends AzaliaErrorName> = AzaliaError & { readonly name: Name };
const isFault = <Name extends AzaliaErrorName>(error: unknown, name: Name): error is Fault<Name> =>
  error instanceof AzaliaError && error.name === name;

const explain: typeof import('./faults.ts').explained = async (error, script, violations) =>
  (await import('./faults.ts')).explained(error, script, violations);

const loadScheduled = async (): Promise<CreateSound> => (await import('./scheduled.ts')).createScheduledSound;

/** Samples wait for the node before it asks for the first. */
async function startHost(connection: HostConnection, { needsPort }: HostDescription): Promise<SoundPorts> {
  const output = needsPort ? new MessageChannel() : null;
  const input = new MessageChannel();
  const given = [input.port1, ...(output ? [output.port1] : [])];
  await connection.call((host) =>
    host.start(Comlink.transfer({ input: input.port1, output: output?.port1 ?? null }, given)),
  );
  return { input: input.port2, output: output?.port2 ?? null };
}
