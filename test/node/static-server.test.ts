import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StaticServer, serveFolder } from '../../src/node/static-server.ts';

const root = mkdtempSync(join(tmpdir(), 'azalia-serve-'));
let server: StaticServer;

beforeAll(async () => {
  mkdirSync(join(root, 'dist', 'demo'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'dist', 'index.js'), 'export {};');
  writeFileSync(join(root, 'dist', 'demo', 'index.html'), '<!doctype html>');
  mkdirSync(join(root, 'other'));
  writeFileSync(join(root, 'other', 'lib.mjs'), 'export {};');
  server = await serveFolder(join(root, 'dist'), 0, '/demo/', { '/other/': join(root, 'other') });
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** A raw request: fetch would tidy the path first. */
const get = (path: string, method = 'GET') =>
  new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.once('error', reject).end();
  });

it('every answer carries the headers that make a page crossOriginIsolated', async () => {
  for (const path of ['/demo/', '/index.js', '/', '/none.js']) {
    expect((await get(path)).headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
    });
  }
});

it.each([
  ['/', 302, undefined, ''],
  ['/demo', 302, undefined, ''],
  ['/demo/', 200, 'text/html; charset=utf-8', '<!doctype html>'],
  ['/demo/index.html?x=1', 200, 'text/html; charset=utf-8', '<!doctype html>'],
  ['/index.js', 200, 'text/javascript; charset=utf-8', 'export {};'],
  ['/%69ndex.js', 200, 'text/javascript; charset=utf-8', 'export {};'],
  ['/none.js', 404, undefined, ''],
  ['/../secret.txt', 404, undefined, ''],
  ['/..%2fsecret.txt', 404, undefined, ''],
  ['/%2e%2e/secret.txt', 404, undefined, ''],
  ['/demo/..%2f..%2fsecret.txt', 404, undefined, ''],
  ['/other/lib.mjs', 200, 'text/javascript; charset=utf-8', 'export {};'],
  ['/other/none.mjs', 404, undefined, ''],
  ['/other/..%2fsecret.txt', 404, undefined, ''],
  ['/lib.mjs', 404, undefined, ''],
  ['/%', 400, undefined, ''],
  ['/%00', 400, undefined, ''],
  [`/${'x'.repeat(5000)}`, 404, undefined, ''],
])('%s is %d', async (path, status, type, text) => {
  const answer = await get(path);
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([status, type, text]);
});

it('/ leads to the start page', async () => {
  expect((await get('/')).headers.location).toBe('/demo/');
  expect((await get('/demo')).headers.location).toBe('/demo/');
});

it('HEAD has the headers alone; other methods are refused', async () => {
  expect(await get('/index.js', 'HEAD')).toMatchObject({ status: 200, text: '', headers: { 'content-length': '10' } });
  expect(await get('/index.js', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

it('a port that is taken: one line that says so', async () => {
  await expect(serveFolder(root, server.port, '/')).rejects.toThrow(
    `port ${server.port}: is taken; choose another with --port`,
  );
});
