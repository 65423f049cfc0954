// Calls that do not compile (`npm run typecheck` looks at them): what the kit's types keep a driver from.

import {
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  type HDAUDIO_BUS_INTERFACE,
  type HDAUDIO_BUS_INTERFACE_BDL,
  type HDAUDIO_BUS_INTERFACE_V2,
  type HDAUDIO_BUS_INTERFACE_V3,
  type InterfaceBuffer,
  interfaceBytes,
  type WdfDevice,
  WdfFdoQueryForInterface,
} from 'azalia/driver-kit';
import { expect, expectTypeOf, it } from 'vitest';

type V1 = HDAUDIO_BUS_INTERFACE;
type V2 = HDAUDIO_BUS_INTERFACE_V2;
type V3 = HDAUDIO_BUS_INTERFACE_V3;
type BDL = HDAUDIO_BUS_INTERFACE_BDL;

/** Never called: it has but to compile, and each marked line not to. */
function wrong(v1: V1, v2: V2, bdl: BDL, device: WdfDevice): void {
  const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
  // @ts-expect-error three notifications a cycle
  v2.AllocateDmaBufferWithNotification(v2.Context, 4, 3, 4096);
  // @ts-expect-error the first version has no notifications
  v1.AllocateDmaBufferWithNotification(v1.Context, 4, 1, 4096);
  // @ts-expect-error the BDL interface has buffers of its own kind
  bdl.AllocateDmaBuffer(bdl.Context, 4, 4096);
  // @ts-expect-error there is no state 3
  v1.SetDmaEngineState(v1.Context, 3, 1, [4]);
  // @ts-expect-error one handle is an array of one
  v1.SetDmaEngineState(v1.Context, 1, 1, 4);
  // @ts-expect-error the handle may be null: ask the status, or the handle, first
  v1.FreeDmaEngine(v1.Context, v1.AllocateRenderDmaEngine(v1.Context, format, false).handle);
  // @ts-expect-error a format has a container
  v1.AllocateRenderDmaEngine(v1.Context, { SampleRate: 48000, ValidBitsPerSample: 16, NumberOfChannels: 2 }, false);
  const buffer: InterfaceBuffer<BDL> = { interface: null };
  const guid = GUID_HDAUDIO_BUS_INTERFACE_V2;
  // @ts-expect-error the second version is not the BDL interface
  WdfFdoQueryForInterface(device, guid, buffer, interfaceBytes(guid), 0x0100);
}

it('each interface is a type of its own: V1 within V2 within V3, BDL beside them (§1.1)', () => {
  expectTypeOf<V3>().toExtend<V2>();
  expectTypeOf<V2>().toExtend<V1>();
  expectTypeOf<V1>().not.toExtend<V2>();
  expectTypeOf<V2>().not.toExtend<V3>();
  expectTypeOf<BDL>().not.toExtend<V1>();
  expectTypeOf<V3>().not.toExtend<BDL>();
  expect(wrong).toHaveLength(4);
});
