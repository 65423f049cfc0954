// The specific half: a WaveRT miniport on an HD Audio function group, by the bus DDI and verbs alone (hdaudio-ddi §2).

import { type HDAUDIO_BUS_INTERFACE_V2, interfaceBytes } from '../../ddi/bus-interface.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  HDAUDIO_INTERFACE_VERSION,
  type HDAUDIO_STREAM_FORMAT,
} from '../../ddi/hdaudio.ts';
import { type InterfaceBuffer, PowerDeviceD0 } from '../../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../../ddi/ntstatus.ts';
import type { DeviceObject, DRIVER_INITIALIZE } from '../../driver-model/driver-object.ts';
import { queryInterface } from '../../driver-model/request.ts';
import { PCM_SIZES } from '../../hda/pcm.ts';
import { POWER_D0, POWER_D3, VERB_SET_POWER_STATE } from '../../hda/verbs.ts';
import { CodecVerbs } from '../audio-class/codec-verbs.ts';
import { outputPaths } from '../audio-class/output-groups.ts';
import { assignPaths } from '../audio-class/route.ts';
import { parseTopology, type Topology } from '../audio-class/topology.ts';
import { HdaMiniportStream } from './hda-miniport-stream.ts';
import { type AdapterConfig, PcInitializeAdapterDriver } from './port-wave-rt.ts';
import type { IMiniportWaveRT, WaveFormat } from './wave-rt.ts';

/** DriverEntry of the pair on `HDAUDIO\FUNC_01`; from Windows Vista on, for its notifications. */
export function hdaWave(subdevice: AdapterConfig['subdevice']): DRIVER_INITIALIZE {
  return function DriverEntry(DriverObject) {
    return PcInitializeAdapterDriver(DriverObject, { newMiniport: () => new HdaMiniport(), subdevice });
  };
}

/** What Init has found. */
interface Adapter {
  readonly bus: HDAUDIO_BUS_INTERFACE_V2;
  readonly verbs: CodecVerbs;
  readonly topology: Topology;
}

class HdaMiniport implements IMiniportWaveRT {
  #adapter: Adapter | null = null;
  /** Widgets on the paths of streams. */
  readonly #taken = new Set<number>();

  Init(Lower: DeviceObject): NTSTATUS {
    const guid = GUID_HDAUDIO_BUS_INTERFACE_V2;
    const buffer: InterfaceBuffer = { interface: null };
    const status = queryInterface(Lower, guid, buffer, interfaceBytes(guid), HDAUDIO_INTERFACE_VERSION);
    if (!NT_SUCCESS(status)) return status;
    const bus = buffer.interface as HDAUDIO_BUS_INTERFACE_V2;
    const { codecAddress, functionGroupStartNode } = bus.GetResourceInformation(bus.Context);
    const verbs = new CodecVerbs(bus, codecAddress);
    this.#adapter = { bus, verbs, topology: parseTopology(verbs, functionGroupStartNode) };
    return STATUS_SUCCESS;
  }

  NewStream(Pin: number, DataFormat: WaveFormat) {
    const refuse = (status: NTSTATUS) => ({ status, stream: null });
    if (!this.#adapter) return refuse(STATUS_INVALID_PARAMETER);
    const { bus, verbs, topology } = this.#adapter;
    const paths = outputPaths(topology).get(Pin);
    if (!paths) return refuse(STATUS_INVALID_PARAMETER);
    const path = assignPaths([paths], this.#taken)?.[0];
    if (!path) return refuse(STATUS_INSUFFICIENT_RESOURCES);
    const engine = bus.AllocateRenderDmaEngine(bus.Context, streamFormat(DataFormat), false);
    if (engine.handle === null) return refuse(engine.status);
    const nids = path.nodes.map(({ nid }) => nid);
    for (const nid of nids) this.#taken.add(nid);
    const released = () => {
      for (const nid of nids) this.#taken.delete(nid);
    };
    const stream = new HdaMiniportStream(bus, verbs, topology, path, engine.handle, engine.converterFormat, released);
    return { status: engine.status, stream };
  }

  PowerChangeState(State: number): void {
    const power = State === PowerDeviceD0 ? POWER_D0 : POWER_D3;
    this.#adapter?.verbs.send(this.#adapter.topology.groupNode, VERB_SET_POWER_STATE, power);
  }

  Release(): void {
    if (this.#adapter) this.#adapter.bus.InterfaceDereference(this.#adapter.bus.Context);
    this.#adapter = null;
  }
}

function streamFormat({ rateHz, bits, channels }: WaveFormat): HDAUDIO_STREAM_FORMAT {
  return {
    SampleRate: rateHz,
    ValidBitsPerSample: bits,
    ContainerSize: 8 * (PCM_SIZES.find((row) => row.bits === bits)?.containerBytes ?? 0),
    NumberOfChannels: channels,
  };
}
