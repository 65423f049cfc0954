// A folder over http on this computer, with the headers that shared memory needs (crossOriginIsolated).

import { createReadStream, type Stats, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { InputError } from './errors.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
};

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
};

export interface StaticServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `folder` on the loopback address; / leads to `start`, and paths that begin with a key of `others` (`/name/`) to the
 * folder of that name. Port 0: any free one. Errors: InputError for a port that cannot be had.
 */
export function serveFolder(
  folder: string,
  port: number,
  start: string,
  others: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const end = (status: number, headers: Record<string, string> = {}) =>
      response.writeHead(status, { ...HEADERS, ...headers }).end();
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, { Allow: 'GET, HEAD' });
    const path = decodePath(request.url ?? '/');
    if (path === null) return end(400);
    if (path === '/') return end(302, { Location: start });
    const [prefix, root] = Object.entries(others).find(([name]) => path.startsWith(name)) ?? ['/', folder];
    const file = join(root, normalize(path.slice(prefix.length - 1)), path.endsWith('/') ? 'index.html' : '');
    const found = file.startsWith(root + sep) ? statusOf(file) : null;
    if (found?.isDirectory()) return end(302, { Location: `${encodeURI(path)}/` });
    if (!found?.isFile()) return end(404);
    response.writeHead(200, {
      ...HEADERS,
      'Content-Type': MEDIA_TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(file)
        .once('error', () => response.destroy())
        .pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken; choose another with --port' : error.message;
      reject(new InputError(`port ${port}`, reason));
    });
    server.listen(port, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function statusOf(file: string): Stats | null {
  try {
    return statSync(file);
  } catch {
    return null;
  }
}

/** The path of a request, or null for one that is not well-formed. */
function decodePath(url: string): string | null {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}
