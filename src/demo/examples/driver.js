// A function driver: KMDF at its edges, HDAUDIO_BUS_INTERFACE_V2 in the middle. Names are the WDK's. It asks the codec
// for nothing: it knows «desktop», whose DAC 02h reaches pin 14h through mixer 0Dh. DRIVERS.md goes through it step by step.

const FREQUENCY_HZ = 440;
const BUFFER_BYTES = 4 * 4800; // 16 bits, two channels; a tenth of a second, 44 whole waves

/** @type {import('azalia/driver-kit').DriverModule} */
export default (kit) => {
  const { command8, command16, codecTransfer, KdPrintEx, NT_SUCCESS } = kit;

  function EvtDevicePrepareHardware(device) {
    const guid = kit.GUID_HDAUDIO_BUS_INTERFACE_V2;
    const found = { interface: null };
    const size = kit.interfaceBytes(guid);
    const status = kit.WdfFdoQueryForInterface(device, guid, found, size, kit.HDAUDIO_INTERFACE_VERSION);
    if (!NT_SUCCESS(status)) return status;
    const bus = found.interface;
    device.context = { bus };

    const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
    const engine = bus.AllocateRenderDmaEngine(bus.Context, format, false);
    if (!NT_SUCCESS(engine.status)) return engine.status;
    device.context.engine = engine;
    const buffer = bus.AllocateDmaBuffer(bus.Context, engine.handle, BUFFER_BYTES);
    if (!NT_SUCCESS(buffer.status)) return buffer.status;
    device.context.buffer = buffer;

    const wave = (i) => 8192 * Math.sin((2 * Math.PI * FREQUENCY_HZ * (i >> 1)) / 48000);
    const samples = Int16Array.from({ length: buffer.allocatedBufferSize / 2 }, (_, i) => wave(i));
    buffer.bufferMdl.write(0, new Uint8Array(samples.buffer));
    return kit.STATUS_SUCCESS;
  }

  /** What the samples pass, opened at 0 dB (amp verbs 3h), and the converter told its stream. */
  const path = (streamId, format) =>
    [
      command16(0, 0x02, 0x2, format),
      command8(0, 0x02, 0x706, streamId << 4),
      command16(0, 0x02, 0x3, 0xb000 | 87), // of 88 steps of 0.75 dB, the last is 0 dB
      command16(0, 0x0d, 0x3, 0x7000),
      command8(0, 0x14, 0x701, 0), // the pin listens to mixer 0Dh
      command16(0, 0x14, 0x3, 0xb000),
      command8(0, 0x14, 0x707, 0x40), // OUT enable
      command8(0, 0x14, 0x70c, 2), // external amplifier on
    ].map(codecTransfer);

  function EvtDeviceD0Entry({ context: { bus, engine, buffer } }) {
    const transfers = path(buffer.streamId, engine.converterFormat);
    const status = bus.TransferCodecVerbs(bus.Context, transfers.length, transfers, null, null);
    if (!NT_SUCCESS(status)) return status;
    bus.SetDmaEngineState(bus.Context, kit.PauseState, 1, [engine.handle]);
    KdPrintEx(`beeper: stream ${buffer.streamId} runs`);
    return bus.SetDmaEngineState(bus.Context, kit.RunState, 1, [engine.handle]);
  }

  function EvtDeviceD0Exit({ context: { bus, engine } }) {
    bus.SetDmaEngineState(bus.Context, kit.PauseState, 1, [engine.handle]);
    return bus.SetDmaEngineState(bus.Context, kit.ResetState, 1, [engine.handle]);
  }

  function EvtDeviceReleaseHardware({ context }) {
    if (!context) return kit.STATUS_SUCCESS;
    const { bus, engine, buffer } = context;
    if (buffer) bus.FreeDmaBuffer(bus.Context, engine.handle);
    if (engine) bus.FreeDmaEngine(bus.Context, engine.handle);
    bus.InterfaceDereference(bus.Context);
    return kit.STATUS_SUCCESS;
  }

  return {
    service: 'beeper',
    ids: ['HDAUDIO\\FUNC_01'], // every audio function group
    role: 'function',
    rank: 1, // above the class driver that comes with Windows
    DriverEntry: (DriverObject) =>
      kit.WdfDriverCreate(DriverObject, {
        EvtDriverDeviceAdd: (_Driver, DeviceInit) =>
          kit.WdfDeviceCreate(DeviceInit, {
            EvtDevicePrepareHardware,
            EvtDeviceD0Entry,
            EvtDeviceD0Exit,
            EvtDeviceReleaseHardware,
          }).status,
      }),
  };
};
