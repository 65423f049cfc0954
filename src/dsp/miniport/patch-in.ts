// The app's own patch list: verified against the commands, then discarded (dxgk-render §5.5). Trusting it would let an app
// turn any four bytes into an address.

import { D3DDDI_PATCHLOCATIONLIST_BYTES } from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { type Reference, references } from './operands.ts';
import { viewOf, walk } from './stream.ts';
import { rowAt } from './validate.ts';

/** SUCCESS if the list is empty or each element describes one ref of the stream, in order, no ref twice. */
export function checkPatchIn(bytes: Uint8Array, elements: number, stream: DataView): NTSTATUS {
  if (elements === 0) return STATUS_SUCCESS;
  const refs = new Map<number, Reference & { readonly command: number }>();
  walk(stream, 0, (at) => {
    for (const ref of references(rowAt(stream, at), stream, at)) refs.set(at + ref.at, { ...ref, command: at });
    return null;
  });
  const list = viewOf(bytes);
  let split = 0;
  for (let n = 0; n < elements; n++) {
    const word = (index: number) => list.getUint32(n * D3DDDI_PATCHLOCATIONLIST_BYTES + index * 4, true);
    const patchOffset = word(4);
    const ref = refs.get(patchOffset); // refs lie on multiples of 8, all of them in the payload
    if (!ref) return STATUS_INVALID_PARAMETER;
    refs.delete(patchOffset);
    const agrees = word(0) === ref.index && word(1) === ref.slot && word(3) === ref.offset && word(5) === ref.command;
    if (!agrees || word(5) < split) return STATUS_INVALID_PARAMETER;
    split = word(5);
  }
  return STATUS_SUCCESS;
}
