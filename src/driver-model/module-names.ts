// Which module a routine belongs to, where that is not the driver whose table it stands in: the general half of a pair.

const modules = new WeakMap<object, string>();

export function nameModule(module: string, routines: readonly object[]): void {
  for (const routine of routines) modules.set(routine, module);
}

export function moduleOf(routine: object): string | null {
  return modules.get(routine) ?? null;
}
