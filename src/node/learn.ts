import { type CodecModel, learnCodec } from '../entries/codec.ts';
import { createMachine } from '../entries/machine.ts';
import { startVerbRings } from './verb-rings.ts';

/** Powers a codec up and walks it as a driver would: what the link reveals, under the model's name. */
export async function learnOverLink(model: CodecModel): Promise<CodecModel> {
  const { name, address } = model;
  const machine = await createMachine({ codecs: [...Array(address).fill(null), model], memoryBytes: 0x10000 });
  try {
    const send = startVerbRings(machine);
    return learnCodec((word) => send(((address << 28) | word) >>> 0), { name, address });
  } finally {
    machine.close();
  }
}
