// Why a script did not load. A browser tells its console and not the page, so this asks: the page's policy, then the
// server. Loaded only after a failure.

import { AzaliaError } from './errors.ts';

/** Violations of the policy are told a task later. */
const LATE_MILLISECONDS = 50;

const FILES = {
  WorkerError: { file: 'worker.js', option: 'workerUrl', directive: 'worker-src' },
  WorkletError: { file: 'worklet.js', option: 'workletUrl', directive: 'script-src' },
} as const;

/** The same error with what was found in one line. `script`: its URL, or what makes a worker of it. */
export async function explained(
  error: AzaliaError & { readonly name: keyof typeof FILES },
  script: string | URL | (() => Worker),
  violations: readonly SecurityPolicyViolationEvent[],
): Promise<AzaliaError> {
  const { file, option, directive } = FILES[error.name];
  await new Promise((resolve) => setTimeout(resolve, LATE_MILLISECONDS));
  const blocked = violations.find(({ disposition }) => disposition === 'enforce');
  if (blocked) {
    const { blockedURI, effectiveDirective } = blocked;
    const what = blockedURI.startsWith('blob') ? 'blob:' : 'it';
    return new AzaliaError(
      error.name,
      `${file} did not load: Content-Security-Policy blocks ${blockedURI} by ${effectiveDirective}; ${directive} must allow ${what}.`,
    );
  }
  const url = new URL(typeof script === 'function' ? urlOf(script) : script, document.baseURI);
  const why = url.protocol === 'blob:' ? null : await reasonOf(url.href);
  return new AzaliaError(
    error.name,
    why
      ? `${file} did not load: ${why}; ${option} may name it elsewhere.`
      : // a policy that blocks a worklet is told to nobody
        `${file} did not load, though ${url.href} is there: does Content-Security-Policy allow it in ${directive}?`,
  );
}

/** A bundler puts the URL into the expression that makes the worker and nowhere else: a Worker that only listens hears it. */
function urlOf(createWorker: () => Worker): string | URL {
  const { Worker } = globalThis;
  let heard: string | URL = '';
  globalThis.Worker = class {
    constructor(url: string | URL) {
      heard = url;
    }
  } as unknown as typeof Worker;
  try {
    createWorker();
  } finally {
    globalThis.Worker = Worker;
  }
  return heard;
}

async function reasonOf(url: string): Promise<string | null> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'HEAD' });
  } catch (error) {
    return `${url} does not answer (${(error as Error).message})`;
  }
  if (!response.ok) return `${url} is not there (${response.status} ${response.statusText})`;
  const type = response.headers.get('Content-Type') ?? 'no type';
  if (!/javascript|ecmascript/.test(type)) return `${url} comes as ${type}, a module must be text/javascript`;
  const embedder = response.headers.get('Cross-Origin-Embedder-Policy') ?? 'unsafe-none';
  if (globalThis.crossOriginIsolated && embedder === 'unsafe-none') {
    return `${url} comes without “Cross-Origin-Embedder-Policy: require-corp”, which the page itself has`;
  }
  return null;
}
