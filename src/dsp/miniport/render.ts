// DxgkDdiRender and RenderKm (dxgk-render §2): the captured command stream becomes packets in a DMA buffer and a patch list.
// Everything is validated before the first packet of the first pass; later passes only go on where MultipassOffset says:
// number of the command in its high half, number of the packet in that command in its low half.

import {
  type DXGKARG_RENDER,
  STATUS_GRAPHICS_DRIVER_MISMATCH,
  STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER,
  STATUS_ILLEGAL_INSTRUCTION,
  STATUS_PRIVILEGED_INSTRUCTION,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { BusMemory } from '../../port/device-port.ts';
import type { MiniportContext } from './objects.ts';
import { packetBytes } from './operands.ts';
import { packetCount, patchCount, writePacket } from './packets.ts';
import { checkPatchIn } from './patch-in.ts';
import { viewOf, walk } from './stream.ts';
import { rowAt, validateCapacity, validateStream } from './validate.ts';

export interface RenderEnvironment {
  readonly memory: BusMemory;
  readonly interfaceId: number;
  readonly dmaBufferBytesMax: number;
}

/** Translates until done (SUCCESS) or the DMA buffer or the patch list is full; both cursors stand after whole packets. */
export function render(environment: RenderEnvironment, context: MiniportContext, args: DXGKARG_RENDER): NTSTATUS {
  if (context.fault !== STATUS_SUCCESS) return context.fault;
  const stream = viewOf(args.pCommand.subarray(0, args.CommandLength));
  if (args.MultipassOffset === 0) {
    const status = validate(environment, context, args, stream);
    if (status !== STATUS_SUCCESS) return status;
  }
  return translate(environment.memory, args, stream);
}

/** The same for the kernel's own commands; what only an app can do wrong is a wrong parameter here (§2.3). */
export function renderKm(environment: RenderEnvironment, context: MiniportContext, args: DXGKARG_RENDER): NTSTATUS {
  const status = render(environment, context, args);
  const appsOnly = [STATUS_ILLEGAL_INSTRUCTION, STATUS_PRIVILEGED_INSTRUCTION, STATUS_GRAPHICS_DRIVER_MISMATCH];
  return appsOnly.includes(status) ? STATUS_INVALID_PARAMETER : status;
}

function validate(
  environment: RenderEnvironment,
  context: MiniportContext,
  args: DXGKARG_RENDER,
  stream: DataView,
): NTSTATUS {
  const { node, contract } = context;
  const rules = { ...environment, list: args.pAllocationList, node, contract };
  const status = validateStream(stream, rules);
  if (status !== STATUS_SUCCESS) return status;
  const patchIn = checkPatchIn(args.pPatchLocationListIn, args.PatchLocationListInSize, stream);
  return patchIn === STATUS_SUCCESS ? validateCapacity(stream, rules) : patchIn;
}

function translate(memory: BusMemory, args: DXGKARG_RENDER, stream: DataView): NTSTATUS {
  const begin = args.pDmaBuffer;
  const firstCommand = args.MultipassOffset >>> 16;
  const full = walk(stream, firstCommand, (at, command) => {
    const row = rowAt(stream, at);
    const bytes = packetBytes(row, stream, at);
    const patches = patchCount(row, stream, at);
    const packets = packetCount(row, stream, at);
    for (let chunk = command === firstCommand ? args.MultipassOffset & 0xffff : 0; chunk < packets; chunk++) {
      const offset = args.pDmaBuffer - begin;
      if (offset + bytes > args.DmaSize || args.pPatchLocationListOut + patches > args.PatchLocationListOutSize) {
        args.MultipassOffset = ((command << 16) | chunk) >>> 0;
        return STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER;
      }
      const packet = new DataView(new ArrayBuffer(bytes));
      const place = { command, chunk, offset };
      const out = args.PatchLocationListOut;
      writePacket(row, stream, at, args.pAllocationList, place, packet, out, args.pPatchLocationListOut);
      memory.write(args.pDmaBuffer, new Uint8Array(packet.buffer));
      args.pDmaBuffer += bytes;
      args.pPatchLocationListOut += patches;
      args.pDmaBufferPrivateData.packets++;
    }
    return null;
  });
  return full ?? STATUS_SUCCESS;
}
