// The machine's record as a file: one JSON object a line, times in link ticks of 24 MHz.

import { closeSync, openSync, writeSync } from 'node:fs';
import type { Machine } from '../entries/machine.ts';
import { onFile } from './errors.ts';

const BATCH_CHARACTERS = 1 << 16;

/** linkTicks fits a JSON number for eleven years. */
const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

/**
 * Runs `work` with every event of the machine going to the file `path`; without a path, just runs it. A trace of work
 * that failed stays, since that is when it is read. Errors: InputError for a path that cannot be written.
 */
export async function traced<T>(machine: Machine, path: string | undefined, work: () => Promise<T>): Promise<T> {
  if (path === undefined) return work();
  const file = onFile(path, () => openSync(path, 'w'));
  let lines = '';
  const flush = () => {
    onFile(path, () => writeSync(file, lines));
    lines = '';
  };
  machine.record((event) => {
    lines += `${JSON.stringify(event, plain)}\n`;
    if (lines.length >= BATCH_CHARACTERS) flush();
  });
  try {
    return await work();
  } finally {
    machine.record(null);
    flush();
    closeSync(file);
  }
}
