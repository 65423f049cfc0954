import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { consumer } from './support.ts';

/** A machine of a Node app: a tone in a worker thread, its samples counted in the main thread. */
const APP = `
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { createMachine } from 'azalia/machine';
import * as browserEntry from 'azalia';

if (isMainThread) {
  if (typeof browserEntry.createAzalia !== 'function') throw new Error('azalia has no createAzalia');
  new Worker(new URL(import.meta.url)).on('message', (text) => console.log(text));
} else {
  const machine = await createMachine({ codecs: ['desktop'] });
  machine.windows.boot();
  const [audio] = machine.windows.audio;
  const { stream } = audio.openRender({ rateHz: 48000, bits: 16, channels: 2 });
  const tap = machine.codecs[0].listen(stream.pins[0]);
  stream.start((into, first, frames) => {
    const samples = new Int16Array(into.buffer, into.byteOffset, frames * 2);
    for (let i = 0; i < frames; i++) samples[2 * i] = samples[2 * i + 1] = first + i;
  });
  machine.advance(1000);
  const [left] = tap.read();
  let breaks = 0;
  for (let i = 1; i < left.length; i++) if (Math.round((left[i] - left[i - 1]) * 32768) !== 1) breaks++;
  machine.close();
  parentPort.postMessage(left.length + ' frames, ' + breaks + ' breaks');
}
`;

it('Node: a worker thread with azalia/machine plays every frame to the pin, bit for bit', () => {
  const folder = consumer();
  writeFileSync(join(folder, 'app.js'), APP);
  const told = execFileSync(process.execPath, ['app.js'], { cwd: folder, encoding: 'utf8' });
  expect(told.trim()).toMatch(/^1000 frames, [01] breaks$/);
});

it('Node: the bin of the package answers --version with the version of the package', () => {
  const folder = consumer();
  const told = execFileSync(process.execPath, ['node_modules/azalia/dist/cli.js', '--version'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(told.trim()).toMatch(/^azalia \d+\.\d+\.\d+$/);
});
