// AssemblyScript has these built in and never reads this file; tsc gets them here, so that one source serves both.
type u8 = number;
type u16 = number;
type u32 = number;
type StaticArray<T> = readonly T[];
