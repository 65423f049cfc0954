import { type NTSTATUS, statusName } from '../ddi/ntstatus.ts';

/** What a user handed over cannot be used; the message is one line that names it and says why. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(subject: string, reason: string) {
    super(`${subject}: ${reason}`);
  }
}

/** Runs a file operation; what the system refuses becomes an InputError with the system's words. */
export function onFile<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    const [, reason] = /^E[A-Z0-9]+: (.*?)(?:, \w+.*)?$/.exec((error as Error).message) ?? [];
    if (reason === undefined) throw error;
    throw new InputError(path, reason);
  }
}

/** The DDI said no; the message is one line with the status's name and the driver's reason. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly status: NTSTATUS;

  constructor(status: NTSTATUS, reason: string) {
    const name = statusName(status);
    super(reason.includes(name) ? reason : `${name}: ${reason}`);
    this.status = status;
  }
}
