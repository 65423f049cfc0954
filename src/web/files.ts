// Where worker and worklet come from: files beside this module. In `azalia/inline` inline-files.ts stands in its place.

/** Bundlers look for this very expression. */
export const createWorker = (): Worker =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'azalia' });

export const workletUrl = (): string | URL => new URL('./worklet.js', import.meta.url);
