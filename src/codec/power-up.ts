// A node's registers at power-up, as its model has them: loaded as they stand, never through the clamps of set verbs.

import { POWER_ACT_SHIFT, POWER_SET } from '../hda/verbs.ts';
import { isPluggedAtPowerUp, measure } from './jacks.ts';
import type { FunctionGroupModel, WidgetModel } from './model.ts';
import type { Node } from './node.ts';
import { CHANNEL_MAP_AT, SLOTS } from './node-state.ts';
import * as R from './registers.ts';

const POWER_FLAG_BITS = 0x700;
const RESET_FORMAT = 0x0011;

export function powerUpGroup(node: Node, model: FunctionGroupModel, subsystemId: number): void {
  const { registers } = node.state;
  registers[R.SUBSYSTEM] = subsystemId;
  registers[R.UNSOLICITED] = model.unsolicited ?? 0;
  loadPower(registers, model.power ?? 0);
  const gpio = model.gpio;
  if (!gpio) return;
  registers.set([gpio.data, gpio.enable, gpio.direction, gpio.wake, gpio.unsolicited, gpio.sticky], R.GPIO);
  // A pin that nothing drives reads what the world holds it at.
  registers[R.GPIO_LEVEL] = gpio.data;
}

export function powerUpWidget(node: Node, model: WidgetModel): void {
  const { registers, amps, display, coefficients } = node.state;
  loadPower(registers, model.power ?? 0);
  registers[R.SELECTED] = model.selected ?? 0;
  registers[R.STREAM_CHANNEL] = model.stream ?? 0;
  registers[R.CONVERTER_FORMAT] = model.format ?? RESET_FORMAT;
  registers[R.SDI] = model.sdi ?? 0;
  registers[R.PIN_CONTROL] = model.pinControl ?? 0;
  registers[R.UNSOLICITED] = model.unsolicited ?? 0;
  registers[R.EAPD] = model.eapd ?? 0;
  registers[R.DIGITAL] = model.digital ?? 0;
  registers[R.KNOB] = model.knob ?? 0;
  registers[R.CONFIGURATION] = model.configuration ?? 0;
  registers[R.COEFFICIENT_INDEX] = model.coefficientIndex ?? 0;
  registers[R.CHANNEL_COUNT] = node.channels - 1;
  for (const [index, value] of model.coefficients ?? []) coefficients.set(index, value);

  const inputAmps = model.inputAmps ?? [];
  for (let index = 0; index < node.inputAmps; index++) amps.set(inputAmps[index] ?? [0, 0], 2 * index);
  if (node.hasOutputAmp) amps.set(model.outputAmp ?? [0, 0], 2 * node.inputAmps);
  if (node.isDisplay) for (let slot = 0; slot < SLOTS; slot++) display[CHANNEL_MAP_AT + slot] = slot & 7;

  registers[R.PRESENCE] = isPluggedAtPowerUp(node) ? 1 : 0;
  registers[R.SENSED] = measure(node);
}

function loadPower(registers: Uint32Array, power: number): void {
  const setting = power & POWER_SET;
  const actual = (power >>> POWER_ACT_SHIFT) & POWER_SET;
  registers[R.POWER_SETTING] = setting;
  registers[R.POWER_BELIEVED] = actual > setting ? actual + 1 : 0;
  registers[R.POWER_FLAGS] = power & POWER_FLAG_BITS;
}
