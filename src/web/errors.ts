/** What the place we run in refuses. `name` is one of these; `message` says what to do about it. */
export type AzaliaErrorName =
  /** No Web Audio: not a browser. */
  | 'UnsupportedError'
  /** SharedArrayBuffer was asked for and the page is not cross-origin isolated. */
  | 'IsolationError'
  /** A transport was asked for that needs AudioWorklet: the page is not a secure context. */
  | 'InsecureContextError'
  /** The worker's script did not load, or the worker came to its end. */
  | 'WorkerError'
  /** The worklet's script did not load. */
  | 'WorkletError'
  /** The worker has no WebAssembly, or a Content-Security-Policy forbids it. */
  | 'WebAssemblyError'
  /** A DDI refused: `status` is its NTSTATUS. */
  | 'RefusedError'
  /** close() was called, or the AudioContext is closed. */
  | 'ClosedError';

export class AzaliaError extends Error {
  override readonly name: AzaliaErrorName;
  /** NTSTATUS of a RefusedError. */
  readonly status: number | null;

  constructor(name: AzaliaErrorName, message: string, status: number | null = null) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** What a DDI refused, as an error. */
export function refused({ status, reason }: { readonly status: number; readonly reason: string }): AzaliaError {
  return new AzaliaError('RefusedError', `${reason} (status 0x${status.toString(16)})`, status);
}
