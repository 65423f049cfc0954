// --help, from the commands' own tables.

import type { Command, Option } from './command.ts';
import { paintFor } from './paint.ts';

const COLUMNS = 80;

export function generalHelp(commands: readonly Command[]): string {
  const { bold, dim } = paintFor(process.stdout);
  const rows = commands.map(({ name, summary }) => entry(name, 8, summary, bold));
  return [
    `${bold('azalia')}  an Intel High Definition Audio machine: controller, codecs, driver`,
    '',
    dim('usage: azalia COMMAND [options]'),
    '',
    ...rows,
    '',
    dim('azalia COMMAND --help has the options; azalia --version the version'),
    '',
  ].join('\n');
}

export function commandHelp({ name, usage, summary, options }: Command): string {
  const { bold } = paintFor(process.stdout);
  const rows = Object.entries({ ...options, help: { help: 'this text' } }).map(([option, about]: [string, Option]) => {
    const text = about.fallback === undefined ? about.help : `${about.help} (default ${about.fallback})`;
    return entry(`--${option}${about.value === undefined ? '' : ` ${about.value}`}`, 18, text, bold);
  });
  return [`${bold(`azalia ${name}`)} ${usage}`, '', ...wrap(summary, COLUMNS), '', ...rows, ''].join('\n');
}

function entry(name: string, width: number, text: string, bold: (text: string) => string): string {
  const [first = '', ...more] = wrap(text, COLUMNS - width - 4);
  return [`  ${bold(name.padEnd(width))}  ${first}`, ...more.map((line) => `${' '.repeat(width + 4)}${line}`)].join(
    '\n',
  );
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
