/** A dump that holds no codec, or a line that cannot be read. */
export class CodecDumpError extends Error {
  override readonly name = 'CodecDumpError';
  /** Counted from 1; 0 for the text as a whole. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(line > 0 ? `line ${line}: ${reason}` : reason);
    this.line = line;
  }
}
