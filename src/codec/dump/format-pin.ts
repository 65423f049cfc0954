// The lines of a pin complex (hda-hardware §6.2).

import { decodeConfigurationDefault } from '../../hda/configuration-default.ts';
import { PINCAP_EAPD, PINCAP_VREF } from '../../hda/parameters.ts';
import { PIN_VREF } from '../../hda/verbs.ts';
import type { WidgetModel } from '../model.ts';
import { hex, hexPadded, type Lines } from './lines.ts';
import * as W from './words.ts';

export function formatPin(lines: Lines, pin: WidgetModel, realtek: boolean): void {
  const { pinCaps = 0, eapd = 0, configuration = 0, pinControl = 0 } = pin;
  const words = W.wordsOf(W.PIN_CAP_WORDS, pinCaps);
  lines.push(`  Pincap ${hexPadded(pinCaps, 8)}:${realtek ? words.replace('HDMI', 'R/L') : words}`);
  const vref = W.wordsOf(W.VREF_CAP_WORDS, pinCaps & PINCAP_VREF);
  if (vref !== '') lines.push(`    Vref caps:${vref}`);
  if ((pinCaps & PINCAP_EAPD) !== 0) lines.push(`  EAPD ${hex(eapd)}:${W.wordsOf(W.EAPD_WORDS, eapd)}`);
  formatConfiguration(lines, configuration);
  const bias = vref !== '' ? ` ${W.VREF_WORDS[pinControl & PIN_VREF] ?? ''}`.trimEnd() : '';
  lines.push(`  Pin-ctls: ${hexPadded(pinControl, 2)}:${W.wordsOf(W.PIN_CONTROL_WORDS, pinControl)}${bias}`);
}

function formatConfiguration(lines: Lines, configuration: number): void {
  const board = decodeConfigurationDefault(configuration);
  const where = `${W.GROSS_LOCATION_WORDS[board.location >>> 4]} ${W.locationWord(board.location)}`;
  lines.push(
    `  Pin Default ${hexPadded(configuration, 8)}: [${W.CONNECTIVITY_WORDS[board.connectivity]}] ` +
      `${W.DEVICE_WORDS[board.device]} at ${where}`,
    `    Conn = ${W.CONNECTION_WORDS[board.connection]}, Color = ${W.COLOR_WORDS[board.color]}`,
    `    DefAssociation = ${hex(board.association)}, Sequence = ${hex(board.sequence)}`,
  );
  if ((board.misc & 1) !== 0) lines.push('    Misc = NO_PRESENCE');
}
