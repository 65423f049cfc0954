// 32-bit registers that one verb reads and four verbs in a row write, lowest byte first (hda-hardware §5.5).

import { get, set, type Verb } from './verb.ts';

export function bytes(register: number, getId: number, firstSetId: number, applies: Verb['applies']): Verb[] {
  const setByte = (byte: number) =>
    set(firstSetId + byte, applies, (node, payload) => {
      const shift = 8 * byte;
      node.state.registers[register] = (node.register(register) & ~(0xff << shift)) | (payload << shift);
    });
  return [get(getId, applies, (node) => node.register(register)), setByte(0), setByte(1), setByte(2), setByte(3)];
}
