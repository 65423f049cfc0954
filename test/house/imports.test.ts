import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect, it } from 'vitest';

// ARCHITECTURE.md, «The house»: what each room may import besides itself. A room that is missing here fails the test.
const DRIVER_STOREY = ['ddi', 'driver-model', 'bus', 'drivers', 'windows', 'dsp'];
const DEVICE_STOREY = ['hda', 'port', 'link', 'controller', 'codec', 'machine'];
const MAY_IMPORT: Record<string, readonly string[]> = {
  hda: [],
  port: [],
  link: [],
  ddi: [],
  assembly: ['hda'],
  controller: ['hda', 'port', 'link', 'assembly'],
  codec: ['hda', 'link'],
  machine: ['hda', 'port', 'link', 'controller', 'codec'],
  'driver-model': ['port', 'ddi'],
  bus: ['hda', 'port', 'ddi', 'driver-model'],
  dsp: ['hda', 'port', 'ddi', 'driver-model'],
  drivers: ['hda', 'ddi', 'driver-model'],
  windows: ['hda', 'port', ...DRIVER_STOREY],
  worker: [...DEVICE_STOREY, ...DRIVER_STOREY, 'entries'],
  node: [...DEVICE_STOREY, ...DRIVER_STOREY, 'entries'],
  web: ['worker', 'entries'],
  v86: ['hda', 'entries'],
  graph: ['hda', 'entries'],
  entries: [...DEVICE_STOREY, ...DRIVER_STOREY, 'worker', 'web', 'v86'],
  cli: ['entries', 'graph', 'node', 'bench'],
  demo: ['entries', 'graph', 'bench'],
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.ts$/.test(path) && !/\.generated\.ts$/.test(path) ? [path] : [];
  });
}

const roomOf = (path: string) => path.split(sep).filter((part) => part !== 'src')[0] ?? '';

it('imports go down only (ARCHITECTURE.md, the house)', () => {
  const wrong: string[] = [];
  for (const file of [...sources('src'), ...sources('assembly')]) {
    const room = roomOf(file);
    const allowed = MAY_IMPORT[room];
    if (!allowed) wrong.push(`${file}: room ${room} has no row`);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const other = roomOf(relative('.', join(dirname(file), target ?? '')));
      if (other !== room && !allowed?.includes(other)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});
