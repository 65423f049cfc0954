// What the adapter reports as its caps (dxgk-render §5.2). Everything that an app can make the kernel hold has a bound here.

export interface Limits {
  readonly dmaBufferBytes: number;
  readonly dmaBufferBytesMax: number;
  readonly allocationListSize: number;
  readonly allocationListSizeMax: number;
  readonly patchLocations: number;
  readonly patchLocationsMax: number;
  readonly commandBufferBytes: number;
  readonly commandBufferBytesMax: number;
  readonly pagingBufferBytes: number;
  /** Backing stores, captures, user memory: together. */
  readonly kernelBytes: number;
}

export const LIMITS: Limits = {
  dmaBufferBytes: 4096,
  dmaBufferBytesMax: 65536,
  allocationListSize: 64,
  allocationListSizeMax: 4096,
  patchLocations: 256,
  patchLocationsMax: 16384,
  commandBufferBytes: 4096,
  commandBufferBytesMax: 1 << 20,
  pagingBufferBytes: 4096,
  kernelBytes: 64 << 20,
};
