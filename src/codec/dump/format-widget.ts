// The block of one widget (hda-hardware §6.2), in the order in which Linux prints it.

import * as P from '../../hda/parameters.ts';
import { nextCoefficientIndex } from '../coefficient-index.ts';
import { expandConnections } from '../connection-list.ts';
import type { WidgetModel } from '../model.ts';
import { formatPin } from './format-pin.ts';
import { ampCaps, formatPcm, formatPower } from './format-shared.ts';
import { hex, hexPadded, type Lines } from './lines.ts';
import * as W from './words.ts';

const REALTEK_COEFFICIENTS = 0x20;

export function formatWidget(lines: Lines, widget: WidgetModel, realtek: boolean): void {
  const { caps } = widget;
  const type = P.widgetType(caps);
  const can = (bit: number) => (caps & bit) !== 0;
  const channels = P.widgetChannels(caps);
  const sides = !can(P.WCAP_STEREO) ? 'Mono' : channels > 2 ? `${channels}-Channels` : 'Stereo';
  lines.push(
    `Node ${hexPadded(widget.nid, 2)} [${W.WIDGET_TYPES[type] ?? 'UNKNOWN Widget'}] wcaps ${hex(caps)}: ` +
      sides +
      W.wordsOf(W.WCAP_WORDS, caps),
  );
  if (can(P.WCAP_INPUT_AMP)) formatAmp(lines, 'In', widget.inputAmpCaps, widget.inputAmps ?? [], caps);
  if (can(P.WCAP_OUTPUT_AMP)) formatAmp(lines, 'Out', widget.outputAmpCaps, [widget.outputAmp ?? [0, 0]], caps);
  if (type === P.WIDGET_PIN) formatPin(lines, widget, realtek);
  if (type === P.WIDGET_VOLUME_KNOB) formatKnob(lines, widget);
  if (type === P.WIDGET_AUDIO_OUTPUT || type === P.WIDGET_AUDIO_INPUT) formatConverter(lines, widget);
  if (can(P.WCAP_UNSOLICITED)) {
    const { unsolicited = 0 } = widget;
    const tag = (unsolicited & 0x3f).toString(16).padStart(2, '0');
    lines.push(`  Unsolicited: tag=${tag}, enabled=${(unsolicited >>> 7) & 1}`);
  }
  if (can(P.WCAP_POWER)) formatPower(lines, widget);
  const delay = (caps >>> P.WCAP_DELAY_SHIFT) & 0xf;
  if (delay > 0) lines.push(`  Delay: ${delay} samples`);
  if (can(P.WCAP_CONNECTION_LIST) || type === P.WIDGET_VOLUME_KNOB) formatConnections(lines, widget);
  if (can(P.WCAP_PROCESSING)) formatProcessing(lines, widget, realtek);
}

function formatAmp(
  lines: Lines,
  direction: 'In' | 'Out',
  caps: number | undefined,
  values: readonly (readonly [number, number])[],
  widgetCaps: number,
): void {
  const stereo = (widgetCaps & P.WCAP_STEREO) !== 0;
  const brackets = values.map(([left, right]) =>
    stereo ? ` [${hexPadded(left, 2)} ${hexPadded(right, 2)}]` : ` [${hexPadded(left, 2)}]`,
  );
  lines.push(`  Amp-${direction} caps: ${ampCaps(caps)}`, `  Amp-${direction} vals: ${brackets.join('')}`);
}

function formatKnob(lines: Lines, { knobCaps = 0, knob = 0 }: WidgetModel): void {
  const steps = `delta=${(knobCaps >>> 7) & 1}, steps=${knobCaps & 0x7f}`;
  lines.push(`  Volume-Knob: ${steps}, direct=${(knob >>> 7) & 1}, val=${knob & 0x7f}`);
}

function formatConverter(lines: Lines, widget: WidgetModel): void {
  const { caps, stream = 0, sdi = 0, digital = 0 } = widget;
  lines.push(`  Converter: stream=${stream >>> 4}, channel=${stream & 0xf}`);
  if (P.widgetType(caps) === P.WIDGET_AUDIO_INPUT && (stream & 0xf) === 0) lines.push(`  SDI-Select: ${sdi & 0xf}`);
  if ((caps & P.WCAP_DIGITAL) !== 0) {
    lines.push(
      `  Digital:${W.wordsOf(W.DIGITAL_BITS, digital)}`,
      `  Digital category: ${hex((digital >>> 8) & 0x7f)}`,
      `  IEC Coding Type: ${hex((digital >>> 16) & 0xf)}`,
    );
  }
  if ((caps & P.WCAP_FORMAT_OVERRIDE) !== 0) {
    lines.push('  PCM:');
    formatPcm(lines, widget);
  }
}

function formatConnections(lines: Lines, widget: WidgetModel): void {
  const nids = expandConnections(widget.connections ?? []);
  const type = P.widgetType(widget.caps);
  const takesAll = type === P.WIDGET_MIXER || type === P.WIDGET_VOLUME_KNOB || type === P.WIDGET_POWER;
  const selected = nids.length > 1 && !takesAll ? (widget.selected ?? 0) : -1;
  lines.push(`  Connection: ${nids.length}`);
  if (nids.length === 0) return;
  lines.push(`    ${nids.map((nid, index) => ` ${hexPadded(nid, 2)}${index === selected ? '*' : ''}`).join('')}`);
}

function formatProcessing(lines: Lines, widget: WidgetModel, realtek: boolean): void {
  const { processingCaps = 0, coefficientIndex = 0, coefficients = [] } = widget;
  const count = (processingCaps >>> 8) & 0xff;
  lines.push(`  Processing caps: benign=${processingCaps & 1}, ncoeff=${count}`);
  if (!realtek || widget.nid !== REALTEK_COEFFICIENTS) return;
  // Linux reads the coefficient first, which moves the index on, and the index then.
  const [, value = 0] = coefficients.find(([index]) => index === coefficientIndex) ?? [];
  lines.push(
    `  Processing Coefficient: ${hexPadded(value, 2)}`,
    `  Coefficient Index: ${hexPadded(nextCoefficientIndex(coefficientIndex, processingCaps), 2)}`,
  );
}
