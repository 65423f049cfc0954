// What a command is, and the one way from its words to its values.

import { parseArgs } from 'node:util';

/** The command line makes no sense; the message is one line. Exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Option {
  /** What stands for the value in the help; an option without one is a switch. */
  readonly value?: string;
  readonly help: string;
  readonly fallback?: string;
}

export const TRACE_OPTION: Option = {
  value: 'FILE.jsonl',
  help: 'also writes what the device did: registers, verbs, descriptors, interrupts',
};

export interface Command {
  readonly name: string;
  /** What follows the name, as the help shows it. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Names of the words that are no options, in order: `NAME` must be there, `NAME?` may be, `NAME…` is any number. */
  readonly words: readonly string[];
  run(words: Words, signal: AbortSignal): Promise<void>;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A command's parsed words. Every reader throws UsageError, naming option and value. */
export class Words {
  readonly #values: Record<string, string | boolean | undefined>;
  readonly #positionals: readonly string[];
  readonly #command: Command;

  constructor(command: Command, args: readonly string[]) {
    this.#command = command;
    const options = Object.entries(command.options).map(([name, option]) => {
      return [name, { type: option.value === undefined ? ('boolean' as const) : ('string' as const) }] as const;
    });
    try {
      const { values, positionals } = parseArgs({
        args: joinNegatives(args),
        options: Object.fromEntries(options),
        allowPositionals: true,
      });
      this.#values = values;
      this.#positionals = positionals;
    } catch (error) {
      const [first = ''] = (error as Error).message.split(/\. |\n/);
      throw new UsageError(first.charAt(0).toLowerCase() + first.slice(1));
    }
    const missing = command.words.slice(this.#positionals.length).find((name) => !/[?…]$/.test(name));
    if (missing !== undefined) throw new UsageError(`${missing} is missing`);
    const [extra] = this.#positionals.slice(command.words.length);
    if (extra !== undefined && !command.words.at(-1)?.endsWith('…'))
      throw new UsageError(`«${extra}» is one word too many`);
  }

  word(name: string): string {
    return this.optional(name) as string;
  }

  optional(name: string): string | undefined {
    return this.rest(name)[0];
  }

  /** The words from this one on. */
  rest(name: string): readonly string[] {
    return this.#positionals.slice(this.#command.words.findIndex((word) => word.replace(/[?…]$/, '') === name));
  }

  on(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name] ?? this.#command.options[name]?.fallback;
    if (value === '') throw new UsageError(`--${name} is empty`);
    return typeof value === 'string' ? value : undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageError(`--${name} ${this.#command.options[name]?.value} is missing`);
    return value;
  }

  /** `rule` says in words what `holds` checks. */
  number(name: string, rule: string, holds: (value: number) => boolean): number {
    const text = this.required(name);
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value) || !holds(value)) throw new UsageError(`--${name} ${text}: ${rule}`);
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const text = this.required(name);
    const chosen = choices.find((choice) => choice === text);
    if (chosen === undefined) throw new UsageError(`--${name} ${text}: must be one of ${choices.join(', ')}`);
    return chosen;
  }
}

/** parseArgs takes `--level -12` for two options: joins a negative number to the option before it. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    if (/^-[\d.]/.test(arg) && last?.startsWith('--') && !last.includes('=')) {
      joined[joined.length - 1] = `${last}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}
