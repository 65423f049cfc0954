// Worker and worklet inside this module, for what cannot serve files beside it. The build puts their text here.

import workletText from 'inline:./worklet.ts';
import workerText from 'inline:../worker/worker.ts';

const blobUrl = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));

/** A blob's URL may go as soon as the worker has fetched it; nothing tells when, so each lives as long as the page. */
let worker: string | null = null;
let worklet: string | null = null;

export function createWorker(): Worker {
  worker ??= blobUrl(workerText);
  return new Worker(worker, { type: 'module', name: 'azalia' });
}

export function workletUrl(): string | URL {
  worklet ??= blobUrl(workletText);
  return worklet;
}
