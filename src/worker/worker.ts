import * as Comlink from 'comlink';
import { Host } from './host.ts';
import type { HostOptions } from './protocol.ts';

/** The whole of what the page calls first: the host stays here, its methods are called from there. */
const createHost = async (options: HostOptions) => {
  if (typeof WebAssembly === 'undefined') throw webAssemblyError('There is no WebAssembly in this browser.');
  try {
    return Comlink.proxy(await Host.create(options));
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw webAssemblyError(
      `The core did not compile: the Content-Security-Policy that worker.js comes with (azalia/inline: the page's) ` +
        `must allow 'wasm-unsafe-eval' in script-src, or this browser lacks WebAssembly SIMD (${error.message}).`,
    );
  }
};
export type CreateHost = typeof createHost;

Comlink.expose(createHost);

/** Comlink carries name and message. */
function webAssemblyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'WebAssemblyError' });
}
