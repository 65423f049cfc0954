// Lines under construction, and numbers as C's printf gives them.

export type Lines = string[];

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** 0x%0Nx */
export function hexPadded(value: number, digits: number): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`;
}
