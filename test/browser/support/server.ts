import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `npm run build` made; AZALIA_DIST names another build. */
export const DIST = process.env.AZALIA_DIST ?? fileURLToPath(new URL('../../../dist', import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.map': 'application/json',
};

export interface Site {
  readonly url: string;
  close(): void;
}

export interface SiteOptions {
  /** Sends the two headers that make a page cross-origin isolated. */
  readonly isolated: boolean;
  /** Paths that are answered with 404. */
  readonly missing?: readonly string[];
  /** Paths that are never answered. */
  readonly hanging?: readonly string[];
  /** What is served; default DIST. */
  readonly folder?: string;
  /** Folders besides it: path prefix, as `/v86/`, to folder. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Further headers of a path's answer; they go before the usual ones. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Name that the page goes by; default 127.0.0.1. */
  readonly host?: string;
  /** Files besides those of the folder: path to text. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Serves a folder on a port of its own. */
export async function serveSite({
  isolated,
  folder = DIST,
  folders = {},
  missing = [],
  hanging = [],
  texts = {},
  headers = {},
  host = '127.0.0.1',
}: SiteOptions): Promise<Site> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (hanging.includes(path)) return;
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const prefix = Object.keys(folders).find((start) => path.startsWith(start)) ?? '/';
    const file = join(folders[prefix] ?? folder, normalize(path.slice(prefix.length - 1)));
    const text = texts[path];
    response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
    for (const [name, value] of Object.entries(headers[path] ?? {})) response.setHeader(name, value);
    if (text !== undefined) response.end(text);
    else if (missing.includes(path) || !existsSync(file) || !statSync(file).isFile()) response.writeHead(404).end();
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, close: () => server.close() };
}
