// Verbs a second: through CORB and RIRB in batches, one at a time through the immediate command registers, and through
// the bus driver's TransferCodecVerbs; each beside the same verbs answered by the codec without any link.

import { builtInCodecs, Codec, type CodecModel } from '../src/codec/index.ts';
import { codecTransfer, GUID_HDAUDIO_BUS_INTERFACE } from '../src/ddi/hdaudio.ts';
import { createMachine, type Machine } from '../src/entries/machine.ts';
import { PARAM_WIDGET_CAPS } from '../src/hda/parameters.ts';
import {
  CORBCTL,
  CORBCTL_RUN,
  CORBLBASE,
  CORBSIZE,
  CORBWP,
  GCTL,
  GCTL_CRST,
  ICII,
  ICIS,
  ICIS_ICB,
  ICIS_IRV,
  ICOI,
  RINTCNT,
  RIRBCTL,
  RIRBCTL_DMAEN,
  RIRBLBASE,
  RIRBSIZE,
  RIRBSTS,
  RIRBSTS_RINTFL,
  RIRBWP,
} from '../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER } from '../src/hda/verbs.ts';
import { BusClients } from '../src/worker/bus.ts';

const BATCH = 128;

export interface VerbRow {
  readonly way: string;
  readonly verbsPerSecond: number;
  /** Time of the codec alone / time of this way. */
  readonly ofCodecAlone: number;
}

/** Answers a batch of commands; returns the sum of the responses, so that the ways can be held against each other. */
type Way = (commands: readonly number[]) => number;

/** Medians of interleaved rounds. Throws if the ways differ in an answer. About 1 s, quick about 0.3. */
export async function benchVerbs(quick: boolean): Promise<VerbRow[]> {
  const model = builtInCodecs.desktop as CodecModel;
  const widgets = model.functionGroups.flatMap((group) => group.widgets);
  const commands = Array.from({ length: BATCH }, (_, n) => {
    return command8(0, widgets[n % widgets.length]?.nid ?? 1, VERB_GET_PARAMETER, PARAM_WIDGET_CAPS);
  });
  const ways: [string, Way][] = [
    ['codec alone', codecAlone(model)],
    [`CORB and RIRB, ${BATCH} at once`, rings(await createMachine())],
    ['immediate command', immediate(await createMachine())],
    [`TransferCodecVerbs, ${BATCH} at once`, transfers(await createMachine())],
  ];
  const [expected] = ways.map(([name, way]) => [name, way(commands)] as const);
  for (const [name, way] of ways) {
    for (let round = 0; round < 20; round++) {
      if (way(commands) !== expected?.[1]) throw new Error(`bench verbs: «${name}» answers otherwise`);
    }
  }
  const times = ways.map((): number[] => []);
  for (let round = 0; round < (quick ? 15 : 61); round++) {
    ways.forEach(([, way], index) => {
      const start = performance.now();
      for (let n = 0; n < 4; n++) way(commands);
      times[index]?.push((performance.now() - start) / (4 * BATCH));
    });
  }
  const medians = times.map((each) => each.sort((a, b) => a - b)[each.length >> 1] as number);
  return ways.map(([way], index) => ({
    way,
    verbsPerSecond: 1000 / (medians[index] as number),
    ofCodecAlone: (medians[0] as number) / (medians[index] as number),
  }));
}

function codecAlone(model: CodecModel): Way {
  const codec = new Codec(model, { outputRateHz: 48_000 });
  codec.attach({ unsolicited: () => {}, wake: () => {}, routesChanged: () => {}, gainsChanged: () => {} });
  return (commands) => commands.reduce((sum, command) => sum + (codec.command(command) ?? 0), 0);
}

function rings(machine: Machine): Way {
  const [corb, rirb] = [0x1000, 0x2000];
  const { controller, memory } = machine;
  controller.write(GCTL, 4, GCTL_CRST);
  machine.advance(25);
  controller.write(CORBLBASE, 4, corb);
  controller.write(CORBSIZE, 1, 2);
  controller.write(RIRBLBASE, 4, rirb);
  controller.write(RIRBSIZE, 1, 2);
  controller.write(RINTCNT, 2, BATCH);
  controller.write(CORBCTL, 1, CORBCTL_RUN);
  controller.write(RIRBCTL, 1, RIRBCTL_DMAEN);
  const put = (at: number, words: readonly number[]) =>
    memory.write(corb + 4 * at, new Uint8Array(Uint32Array.from(words).buffer));
  return (commands) => {
    const first = (controller.read(CORBWP, 2) + 1) & 0xff;
    const whole = Math.min(commands.length, 256 - first);
    put(first, commands.slice(0, whole));
    if (whole < commands.length) put(0, commands.slice(whole));
    const last = (controller.read(RIRBWP, 2) + commands.length) & 0xff;
    controller.write(RIRBSTS, 1, RIRBSTS_RINTFL); // a full count holds the ring until it is seen (§3.3)
    controller.write(CORBWP, 2, (first + commands.length - 1) & 0xff);
    machine.advance(commands.length + 2);
    if (controller.read(RIRBWP, 2) !== last) throw new Error('bench verbs: not all verbs were answered in their time');
    let sum = 0;
    for (let n = 0; n < commands.length; n++) {
      const entry = memory.read(rirb + 8 * ((last - n) & 0xff), 4);
      sum += new DataView(entry.buffer, entry.byteOffset).getUint32(0, true);
    }
    return sum;
  };
}

function immediate(machine: Machine): Way {
  const { controller } = machine;
  controller.write(GCTL, 4, GCTL_CRST);
  machine.advance(25);
  return (commands) => {
    let sum = 0;
    for (const command of commands) {
      controller.write(ICIS, 2, ICIS_IRV);
      controller.write(ICOI, 4, command);
      controller.write(ICIS, 2, ICIS_ICB);
      while ((controller.read(ICIS, 2) & ICIS_ICB) !== 0) machine.advance(1);
      sum += controller.read(ICII, 4);
    }
    return sum;
  };
}

function transfers(machine: Machine): Way {
  machine.windows.boot();
  const bus = new BusClients(machine.windows, 0);
  const { client } = bus.query(GUID_HDAUDIO_BUS_INTERFACE);
  return (commands) => {
    const list = commands.map(codecTransfer);
    bus.call(client as number, 'TransferCodecVerbs', [list.length, list, null, null]);
    return list.reduce((sum, { Input }) => sum + Input.Response, 0);
  };
}
