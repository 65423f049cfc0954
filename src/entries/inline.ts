// Entry `azalia/inline`: `azalia` in one file, for pages and bundlers that cannot serve worker and worklet beside it.

export * from './index.ts';
