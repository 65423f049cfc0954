// Which pins and converters a request gets, or one line that says why not.

import { STREAM_FORMAT_PCM, WCAP_DIGITAL, WIDGET_AUDIO_OUTPUT } from '../../hda/parameters.ts';
import { pcmCapabilityRates, pcmCapabilitySizes } from '../../hda/pcm.ts';
import type { CaptureRequest, InputPin, OutputGroup, RenderRequest } from './audio-device.ts';
import { assignPaths, type Path, sinkOf, sourceOf } from './route.ts';
import type { Widget } from './topology.ts';

export interface ChosenOutput {
  readonly path: Path;
  readonly firstChannel: number;
  readonly channels: number;
}

const hex = (nid: number): string => `${nid.toString(16).toUpperCase().padStart(2, '0')}h`;
const list = (values: readonly (number | string)[]): string => values.join(', ') || 'none';

/** Channels that a DAC takes from the stream: an analogue one a pair, a digital one all it has. */
const capacity = (converter: Widget): number =>
  (converter.caps & WCAP_DIGITAL) !== 0 ? converter.channels : Math.min(converter.channels, 2);

const capacityOf = (paths: readonly Path[]): number => Math.max(0, ...paths.map((path) => capacity(sourceOf(path))));

export function chooseOutputs(
  paths: ReadonlyMap<number, Path[]>,
  outputs: readonly OutputGroup[],
  taken: ReadonlySet<number>,
  request: RenderRequest,
): ChosenOutput[] | string {
  const { channels, pin } = request;
  if (!Number.isInteger(channels) || channels < 1 || channels > 16) return `${channels} channels: a stream has 1 to 16`;
  const able = [...paths].filter(([, rows]) => capacityOf(rows) >= channels).map(([nid]) => hex(nid));
  if (pin !== undefined && capacityOf(paths.get(pin) ?? []) < channels)
    return paths.has(pin)
      ? `pin ${hex(pin)} takes ${capacityOf(paths.get(pin) ?? [])} channels, not ${channels}; pins that can: ${list(able)}`
      : `pin ${hex(pin)} is not an output; pins that can: ${list(able)}`;
  const group = pin !== undefined ? { name: `pin ${hex(pin)}`, pins: [pin] } : outputs[0];
  if (!group) return 'the codec has no output';

  const wanted = split(group.pins, paths, channels);
  if (!wanted) {
    const total = group.pins.reduce((sum, nid) => sum + capacityOf(paths.get(nid) ?? []), 0);
    return `${channels} channels: ${group.name} has pins for ${total} (${list(group.pins.map(hex))})`;
  }
  const rows = wanted.map(({ nid, channels }) =>
    (paths.get(nid) ?? []).filter((p) => capacity(sourceOf(p)) >= channels),
  );
  const fitting = rows.map((row) => row.filter((path) => unsupported(sourceOf(path), request) === ''));
  const lacking = fitting.findIndex((row) => row.length === 0);
  if (lacking >= 0) return unsupported(sourceOf(rows[lacking]?.[0] as Path), request);
  const chosen = assignPaths(fitting, taken);
  if (!chosen)
    return `${channels} channels: ${group.name} has no free converter for each of ${list(wanted.map(({ nid }) => hex(nid)))}`;
  return chosen.map((path, index) => ({
    path,
    firstChannel: wanted[index]?.firstChannel ?? 0,
    channels: wanted[index]?.channels ?? 0,
  }));
}

/** Deals the channels out to the pins in order; null where they do not suffice. */
function split(pins: readonly number[], paths: ReadonlyMap<number, Path[]>, channels: number) {
  const wanted: { nid: number; firstChannel: number; channels: number }[] = [];
  let firstChannel = 0;
  for (const nid of pins) {
    if (firstChannel === channels) break;
    const count = Math.min(channels - firstChannel, capacityOf(paths.get(nid) ?? []));
    wanted.push({ nid, firstChannel, channels: count });
    firstChannel += count;
  }
  return firstChannel === channels ? wanted : null;
}

/** The free path from an ADC that has the format to the pin asked for, or to the first input. */
export function chooseInput(
  paths: ReadonlyMap<number, Path[]>,
  inputs: readonly InputPin[],
  taken: ReadonlySet<number>,
  request: CaptureRequest,
): Path | string {
  const pin = request.pin ?? inputs[0]?.pin;
  if (pin === undefined) return 'the codec has no input';
  const rows = paths.get(pin);
  if (!rows) return `pin ${hex(pin)} is not an input; pins that can: ${list([...paths.keys()].map(hex))}`;
  const { channels } = request;
  const most = Math.max(...rows.map((path) => sinkOf(path).channels));
  if (!Number.isInteger(channels) || channels < 1 || channels > most)
    return `${channels} channels: the converters of pin ${hex(pin)} give 1 to ${most}`;
  const wide = rows.filter((path) => sinkOf(path).channels >= channels);
  const fitting = wide.filter((path) => unsupported(sinkOf(path), request) === '');
  if (fitting.length === 0) return unsupported(sinkOf(wide[0] as Path), request);
  const chosen = assignPaths([fitting], taken);
  return chosen?.[0] ?? `pin ${hex(pin)} has no free converter`;
}

/** What the converter lacks of the request, or ''. */
function unsupported(converter: Widget, { rateHz, bits }: RenderRequest | CaptureRequest): string {
  const does = converter.type === WIDGET_AUDIO_OUTPUT ? 'plays' : 'records';
  const { pcm, formats } = converter.converter ?? { pcm: 0, formats: 0 };
  const rates = pcmCapabilityRates(pcm);
  const sizes = pcmCapabilitySizes(pcm);
  if ((formats & STREAM_FORMAT_PCM) === 0) return `converter ${hex(converter.nid)} takes no PCM`;
  if (!rates.includes(rateHz)) return `${rateHz} Hz: converter ${hex(converter.nid)} ${does} ${list(rates)} Hz`;
  if (!sizes.includes(bits)) return `${bits} bits: converter ${hex(converter.nid)} ${does} ${list(sizes)} bits`;
  return '';
}
