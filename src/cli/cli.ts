// The command line: finds the command, and turns what goes wrong into one line and an exit code.
// 0 done, 1 bad input or refused, 2 bad usage, 130 interrupted.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { InputError, RefusalError } from '../node/errors.ts';
import { bench } from './bench.ts';
import { codec } from './codec.ts';
import { UsageError, Words } from './command.ts';
import { commandHelp, generalHelp } from './help.ts';
import { kd } from './kd.ts';
import { pins } from './pins.ts';
import { play } from './play.ts';
import { record } from './record.ts';
import { serve } from './serve.ts';
import { tone } from './tone.ts';
import { verb } from './verb.ts';

const COMMANDS = [tone, play, record, codec, verb, pins, kd, bench, serve];

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}

async function main(args: readonly string[], signal: AbortSignal): Promise<void> {
  const [name = '', ...rest] = args;
  if (args.includes('--version')) process.stdout.write(`azalia ${version()}\n`);
  else if (name === '--help' || name === '-h') process.stdout.write(generalHelp(COMMANDS));
  else {
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (!command)
      throw new UsageError(
        name === '' ? 'a command is missing; see azalia --help' : `«${name}» is no command; see azalia --help`,
      );
    if (rest.includes('--help') || rest.includes('-h')) process.stdout.write(commandHelp(command));
    else await command.run(new Words(command, rest), signal);
  }
}

/** One line: what an error says, whatever is in it. */
function complain(message: string): void {
  process.stderr.write(`azalia: ${message.replace(/[\r\n]+/g, ' ')}\n`);
}

// A compile job that needs memory waits for the main thread to collect garbage, the main thread at its end for the job:
// Node then never ends (nodejs/node#54918). Compiling in turn costs nothing that can be measured here.
setFlagsFromString('--no-concurrent-recompilation');

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error; // the reader left: nothing more to say
});

try {
  await main(process.argv.slice(2), interrupt.signal);
} catch (error) {
  if (interrupt.signal.aborted) process.exitCode = 130;
  else if (error instanceof UsageError) {
    complain(error.message);
    process.exitCode = 2;
  } else if (error instanceof InputError || error instanceof RefusalError) {
    complain(error.message);
    process.exitCode = 1;
  } else throw error;
}
