// A codec as the text that Linux shows at /proc/asound/cardN/codec#M, line for line as its present form (§6.2).

import * as P from '../../hda/parameters.ts';
import type { CodecModel, FunctionGroupModel } from '../model.ts';
import { ampCaps, formatPcm, formatPower } from './format-shared.ts';
import { formatWidget } from './format-widget.ts';
import { hex, hexPadded, type Lines } from './lines.ts';

const AUDIO = P.FUNCTION_AUDIO;
const VALUE = 0xff;
/** Its pins' capability bit 7 is L/R swap, and its node 20h shows a coefficient. */
const REALTEK = 0x10ec;

/** Text of one codec, its last line ended. Groups beside the first audio and the first modem group do not show. */
export function formatCodecDump(codec: CodecModel): string {
  const lines: Lines = [];
  const ofType = (type: number) => codec.functionGroups.find((group) => (group.type & VALUE) === type);
  const audio = ofType(AUDIO);
  const modem = ofType(P.FUNCTION_MODEM);
  lines.push(`Codec: ${codec.name}`, `Address: ${codec.address}`);
  if (audio) lines.push(functionId('AFG', audio));
  if (modem) lines.push(functionId('MFG', modem));
  lines.push(
    `Vendor Id: ${hexPadded(codec.vendorId, 8)}`,
    `Subsystem Id: ${hexPadded(codec.subsystemId, 8)}`,
    `Revision Id: ${hex(codec.revisionId)}`,
    modem ? `Modem Function Group: ${hex(modem.nid)}` : 'No Modem Function Group found',
  );
  if (audio) formatAudioGroup(lines, audio, codec.vendorId >>> 16 === REALTEK);
  return `${lines.join('\n')}\n`;
}

function functionId(name: string, group: FunctionGroupModel): string {
  const unsolicited = (group.type & P.FUNCTION_UNSOLICITED) !== 0 ? 1 : 0;
  return `${name} Function Id: ${hex(group.type & VALUE)} (unsol ${unsolicited})`;
}

function formatAudioGroup(lines: Lines, group: FunctionGroupModel, realtek: boolean): void {
  lines.push('Default PCM:');
  formatPcm(lines, group);
  lines.push(
    `Default Amp-In caps: ${ampCaps(group.inputAmpCaps)}`,
    `Default Amp-Out caps: ${ampCaps(group.outputAmpCaps)}`,
  );
  lines.push(`State of AFG node ${hexPadded(group.nid, 2)}:`);
  formatPower(lines, group);
  formatGpio(lines, group);
  for (const widget of group.widgets) formatWidget(lines, widget, realtek);
}

function formatGpio(lines: Lines, group: FunctionGroupModel): void {
  const caps = group.gpioCaps ?? 0;
  const count = caps & VALUE;
  const flag = (bit: number) => (caps >>> bit) & 1;
  lines.push(
    `GPIO: io=${count}, o=${(caps >>> 8) & VALUE}, i=${(caps >>> 16) & VALUE}, unsolicited=${flag(30)}, wake=${flag(31)}`,
  );
  if (count > 8) return;
  for (let pin = 0; pin < count; pin++) {
    const bit = (name: 'enable' | 'direction' | 'wake' | 'sticky' | 'data' | 'unsolicited') =>
      ((group.gpio?.[name] ?? 0) >>> pin) & 1;
    lines.push(
      `  IO[${pin}]: enable=${bit('enable')}, dir=${bit('direction')}, wake=${bit('wake')}, ` +
        `sticky=${bit('sticky')}, data=${bit('data')}, unsol=${bit('unsolicited')}`,
    );
  }
}
