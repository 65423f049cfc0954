import type { Transport } from '../worker/protocol.ts';
import { AzaliaError } from './errors.ts';

export type TransportChoice = 'auto' | Transport;

/**
 * One sentence that says what keeps shared memory from this page; null where it has it.
 * A page gets SharedArrayBuffer by being cross-origin isolated: its response carries both headers.
 */
export function missingForSharedMemory(): string | null {
  if (globalThis.isSecureContext === false) {
    return `This page is not a secure context: serve it over https, or from localhost.`;
  }
  if (globalThis.crossOriginIsolated !== true || typeof SharedArrayBuffer === 'undefined') {
    return (
      'This page is not cross-origin isolated: its server must send ' +
      '“Cross-Origin-Opener-Policy: same-origin” and “Cross-Origin-Embedder-Policy: require-corp” with it.'
    );
  }
  return null;
}

/** `auto` is the best that this page can have. Errors: RangeError, IsolationError, InsecureContextError. */
export function chooseTransport(choice: TransportChoice, context: BaseAudioContext): Transport {
  if (!['auto', 'shared', 'message', 'scheduled'].includes(choice)) {
    throw new RangeError(`transport is ${JSON.stringify(choice)}: must be 'auto', 'shared', 'message' or 'scheduled'`);
  }
  const missing = missingForSharedMemory();
  if (choice === 'scheduled' || (choice === 'auto' && !context.audioWorklet)) return 'scheduled';
  if (!context.audioWorklet) {
    const why = missing ?? 'This browser is too old.';
    throw new AzaliaError('InsecureContextError', `There is no AudioWorklet for transport '${choice}'. ${why}`);
  }
  if (choice === 'shared' && missing) throw new AzaliaError('IsolationError', `No shared memory. ${missing}`);
  return choice === 'auto' ? (missing ? 'message' : 'shared') : choice;
}
