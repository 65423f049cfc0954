import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../node/errors.ts';
import { serveFolder } from '../node/static-server.ts';
import type { Command } from './command.ts';
import { paintFor } from './paint.ts';

const PAGE = '/demo/';

export const serve: Command = {
  name: 'serve',
  usage: '[--port N]',
  summary: 'the demo page, with the headers that shared memory needs',
  words: [],
  options: { port: { value: 'N', help: 'port on this computer; 0: any free one', fallback: '8080' } },
  async run(words, signal) {
    const port = words.number('port', 'must be 0 to 65535', (n) => Number.isInteger(n) && n >= 0 && n <= 65535);
    const folder = dirname(fileURLToPath(import.meta.url)); // dist/, where the build puts command line and page
    if (!existsSync(join(folder, PAGE, 'index.html')))
      throw new InputError(folder, 'has no page; build it: npm run build');
    const server = await serveFolder(folder, port, PAGE, v86Files());
    const { bold, dim } = paintFor(process.stdout);
    process.stdout.write(`${bold(`http://localhost:${server.port}${PAGE}`)}  ${dim('Ctrl-C ends it')}\n`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await server.close();
  },
};

/** Of the peer dependency, for the page «PC», where it is installed. */
function v86Files(): Record<string, string> {
  try {
    return { '/v86/': dirname(createRequire(import.meta.url).resolve('v86')) };
  } catch {
    return {};
  }
}
