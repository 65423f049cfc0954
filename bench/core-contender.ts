// The core, driven as the machine drives it: one call a tick.

import { Core, type CoreConverter } from '../src/controller/core.ts';
import { SD_BASE, SD_STRIDE, SDnBDPL, SDnCBL, SDnCTL, SDnCTL_RUN, SDnFMT, SDnLVI } from '../src/hda/registers.ts';
import { TICKS_PER_FRAME } from '../src/hda/timing.ts';
import { type Contender, inputSample } from './contender.ts';
import { formatOf, layOut, type Place, ramBytesOf, type Workload } from './workloads.ts';

const INPUTS = 15;
const OUTPUTS = 15;
const PHASE_TICKS = 480 * TICKS_PER_FRAME;
const MIX_GAIN = 0.5;

/** One core for all workloads: a call that always has the same target is what the machine's is. */
export function createBenchCore(workloads: readonly Workload[]): Promise<Core> {
  const ramBytes = Math.max(...workloads.map(ramBytesOf));
  return Core.create({ ramBytes, streams: { input: INPUTS, output: OUTPUTS, bidirectional: 0 } });
}

/** Sets the core up for a workload; it runs that one until the next is set up. */
export function coreContender(core: Core, workload: Workload): Contender {
  const { ram, places } = layOut(workload);
  core.reset();
  // Cadences of 44.1 and 16 kHz in phase with the analogue clocks, as they are for the contenders, which begin at 0.
  while (Number(core.linkTicks) % PHASE_TICKS !== 0) core.advance(PHASE_TICKS - (Number(core.linkTicks) % PHASE_TICKS));
  core.memory.write(0, ram);
  // Stream n of the workload is engine engineOf[n]: inputs come first in the register map.
  let input = 0;
  let output = INPUTS;
  const engineOf = workload.streams.map((load) => (load.input ? input++ : output++));
  const ratesHz = [...new Set(workload.streams.map((load) => load.rateHz))];
  const converters: { input: boolean; lanes: number[]; converter: CoreConverter }[] = [];
  const tags = { in: 0, out: 0 };
  let lane = 0;
  for (const load of workload.streams) {
    const lanes = Array.from({ length: load.channels }, () => lane++);
    const tag = load.input ? ++tags.in : ++tags.out;
    const rate = ratesHz.indexOf(load.rateHz);
    const converter = { tag, firstStreamChannel: 0, format: formatOf(load), rate, lanes };
    converters.push({ input: load.input, lanes, converter });
  }
  const outputs = converters.filter((row) => !row.input).map((row) => row.converter);
  const channels = workload.mixed ? Math.max(...outputs.map(({ lanes }) => lanes.length)) : 0;
  const mixes = outputs.flatMap(({ rate, lanes }, n) =>
    lanes
      .slice(0, channels)
      .map((from, channel) => ({ into: lane + channel, from, first: n === 0, gain: MIX_GAIN, rate })),
  );
  core.loadProgram({
    ratesHz,
    lanes: lane + channels,
    outputs,
    inputs: converters.filter((row) => row.input).map((row) => row.converter),
    mixes,
    feeds: converters.filter((row) => row.input).map(({ lanes, converter }) => ({ rate: converter.rate, lanes })),
  });
  for (const row of converters.filter((row) => row.input)) {
    row.lanes.forEach((n, channel) => {
      core.laneView(n).forEach((_, i, view) => {
        view[i] = inputSample(channel, i);
      });
    });
  }
  const registers = core.registers;
  const view = new DataView(registers.buffer, registers.byteOffset, registers.length);
  workload.streams.forEach((load, n) => {
    const at = SD_BASE + (engineOf[n] as number) * SD_STRIDE;
    const place = places[n] as Place;
    view.setUint8(at + SDnCTL + 2, (converters[n] as (typeof converters)[0]).converter.tag << 4);
    view.setUint32(at + SDnCBL, place.bufferBytes, true);
    view.setUint16(at + SDnLVI, load.entries - 1, true);
    view.setUint16(at + SDnFMT, formatOf(load), true);
    view.setUint32(at + SDnBDPL, place.list, true);
    view.setUint8(at + SDnCTL, SDnCTL_RUN);
  });
  for (const engine of engineOf) core.startStream(engine);

  const ticks = workload.linkFrames * TICKS_PER_FRAME;
  return {
    tick() {
      core.advance(ticks);
    },
    result() {
      return workload.streams.flatMap((load, n) => {
        const row = converters[n] as (typeof converters)[0];
        const place = places[n] as Place;
        if (load.input) return [core.memory.read(place.buffer, place.bufferBytes)];
        const frames = core.frames(row.converter.rate);
        return row.lanes.map((i) => new Uint8Array(core.laneView(i).slice(0, frames).buffer));
      });
    },
  };
}
