// Colour for terminals, plain text for everything else (no-color.org).

import type { WriteStream } from 'node:tty';

export interface Paint {
  dim(text: string): string;
  bold(text: string): string;
  accent(text: string): string;
}

export function paintFor(stream: WriteStream | NodeJS.WritableStream, environment = process.env): Paint {
  const coloured = 'isTTY' in stream && stream.isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb';
  const paint = (on: number, off: number) => (text: string) => (coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  return { dim: paint(2, 22), bold: paint(1, 22), accent: paint(36, 39) };
}
