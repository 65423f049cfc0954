// The compiled core alone, with guest RAM of its own: what the DSP engine needs and no more.

import { GUEST_RAM, GUEST_RAM_PAD } from '../assembly/layout.ts';
import { CORE_BASE64 } from '../src/controller/core.generated.ts';
import { createEngine, type EngineExports } from '../src/controller/engine.ts';
import type { BusMemory } from '../src/port/device-port.ts';
import type { EnginePort } from '../src/port/engine-port.ts';

interface CoreExports extends EngineExports {
  initialize(ramBytes: number, outside: number, inputs: number, outputs: number): void;
  resamplerBytes(srcRateHz: number, dstRateHz: number, channels: number): number;
  resamplerTaps(srcRateHz: number, dstRateHz: number): number;
}

export interface DspEngine extends EnginePort {
  readonly core: CoreExports;
  /** Guest RAM itself. */
  readonly ram: Uint8Array;
}

const PAGE_BYTES = 65536;
const modules = new Map<string, WebAssembly.Module>();

/** `base64`: another form of the core, such as the scalar one. */
export function createDspEngine(ramBytes: number, base64 = CORE_BASE64): DspEngine {
  const pages = Math.ceil((GUEST_RAM + ramBytes + GUEST_RAM_PAD) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = modules.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  modules.set(base64, module);
  const outside = () => {
    throw new Error('all RAM is the core’s own');
  };
  const imports = { env: { memory }, memory: { readOutside: outside, writeOutside: outside } };
  const core = new WebAssembly.Instance(module, imports).exports as unknown as CoreExports;
  core.initialize(ramBytes, 0, 4, 4);
  const ram = new Uint8Array(memory.buffer, GUEST_RAM, ramBytes);
  return Object.assign(Object.create(createEngine(core, busMemory(ram))) as EnginePort, { core, ram });
}

function busMemory(ram: Uint8Array): BusMemory {
  const check = (address: number, length: number) => {
    if (!(address >= 0 && length >= 0 && address + length <= ram.length)) {
      throw new RangeError(`${address} + ${length} is outside RAM of ${ram.length} bytes`);
    }
  };
  return {
    bytes: ram.length,
    read(address, length) {
      check(address, length);
      return ram.slice(address, address + length);
    },
    write(address, data) {
      check(address, data.length);
      ram.set(data, address);
    },
  };
}
