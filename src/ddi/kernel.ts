// The kernel objects that cross a DDI, as far as both sides see them. driver-model implements them.

/** An opaque pointer: what one side hands out and the other only gives back. */
export type PVOID = unknown;

/** A number that stands for an object of the callee; 0 stands for none. */
export type HANDLE = number;

/** Upper-case, as in hdaudio.h, without braces. */
export type GUID = string;

/** Memory as the system address space shows it; offsets count from its first byte. */
export interface SystemMemory {
  readonly bytes: number;
  /** A copy. RangeError outside. */
  read(offset: number, length: number): Uint8Array;
  /** RangeError outside; then nothing is written. */
  write(offset: number, data: Uint8Array): void;
}

/** A memory descriptor list: a buffer and the physical pages under it, mapped. */
export interface MDL extends SystemMemory {
  /** Bytes from the start of the first page to the buffer. */
  readonly byteOffset: number;
  /** Physical page numbers, 4096 bytes each. */
  readonly pageFrames: readonly number[];
}

/** A block of physically contiguous memory, mapped. */
export interface ContiguousMemory extends SystemMemory {
  readonly physicalAddress: number;
}

/** An event object; KernelEvent is the one that a driver makes. */
export interface KEVENT {
  /** KeReadStateEvent. */
  readonly signaled: boolean;
  /** KeSetEvent. Any IRQL up to DISPATCH_LEVEL. */
  set(): void;
}

/** An object that others hold references to. */
export interface Referenced {
  /** ObReferenceObject. */
  reference(): void;
  /** ObDereferenceObject. */
  dereference(): void;
}
