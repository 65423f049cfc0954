// Submission fences: u32 per node, 0 is none, order is modulo 2³² (dxgk-render §5.1).

/** The fence after this one: 1 follows 0xFFFFFFFF. */
export function nextFence(fence: number): number {
  return (fence + 1) >>> 0 || 1;
}

/** Whether `a` was issued after `b`; both lie within 2³¹ of each other. */
export function isAfter(a: number, b: number): boolean {
  const distance = (a - b) >>> 0;
  return distance !== 0 && distance < 0x8000_0000;
}
