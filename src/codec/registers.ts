// What a node remembers, one 32-bit word each, and what each kind of reset does to it (hda-hardware §5.13).

export const POWER_SETTING = 0;
/** Actual state that a dump claims against the rule, plus one; 0: the rule holds (§5.11). */
export const POWER_BELIEVED = 1;
/** F05h bits 10:8. */
export const POWER_FLAGS = 2;
export const SELECTED = 3;
export const STREAM_CHANNEL = 4;
export const CONVERTER_FORMAT = 5;
export const SDI = 6;
export const PIN_CONTROL = 7;
export const UNSOLICITED = 8;
export const EAPD = 9;
export const DIGITAL = 10;
export const BEEP = 11;
export const KNOB = 12;
export const CONFIGURATION = 13;
export const SUBSYSTEM = 14;
export const PROCESSING = 15;
export const COEFFICIENT_INDEX = 16;
export const STRIPE = 17;
export const CHANNEL_COUNT = 18;
export const DIP_INDEX = 19;
export const CONTENT_PROTECTION = 20;
export const DEVICE = 21;
/** GPI inputs that were seen high; wake, unsolicited, sticky: the order of verbs F10h–F13h. */
export const GPI = 22;
export const GPO = 26;
/** GPIO data, enable, direction, wake, unsolicited, sticky: the order of verbs F15h–F1Ah. */
export const GPIO = 27;
/** Inputs that were seen high while sticky. */
export const GPIO_LATCH = 33;
/** Levels that the world holds the GPIO and GPI pins at. */
export const GPIO_LEVEL = 34;
export const GPI_LEVEL = 35;
/** What is plugged, one bit a device entry; bit 0 for everything but MST. */
export const PRESENCE = 36;
/** F09h as the last measurement left it. */
export const SENSED = 37;
/** An unsolicited response that the link could not carry, one bit a device entry. */
export const UNSENT = 38;
export const REGISTERS = 39;

export const KEPT = 0;
/** To the power-up value. */
export const DEFAULT = 1;
/** To zero, whatever a dump holds at power-up. */
export const ZERO = 2;
type Effect = typeof KEPT | typeof DEFAULT | typeof ZERO;

export interface ResetRow {
  /** One 7FFh to a group with EPSS. */
  readonly single: Effect;
  /** Two in a row. */
  readonly double: Effect;
  /** 7FFh or link reset of a group without EPSS. */
  readonly plain: Effect;
}

const SETTING: ResetRow = { single: KEPT, double: DEFAULT, plain: DEFAULT };
const WORLD: ResetRow = { single: KEPT, double: KEPT, plain: KEPT };
const ROWS: readonly (readonly [register: number, row: ResetRow])[] = [
  [STREAM_CHANNEL, { single: ZERO, double: ZERO, plain: DEFAULT }],
  [POWER_SETTING, { single: KEPT, double: KEPT, plain: DEFAULT }],
  [POWER_BELIEVED, { single: KEPT, double: KEPT, plain: DEFAULT }],
  [POWER_FLAGS, { single: KEPT, double: KEPT, plain: DEFAULT }],
  [UNSOLICITED, { single: KEPT, double: KEPT, plain: DEFAULT }],
  [CONFIGURATION, WORLD],
  [SUBSYSTEM, WORLD],
  [GPIO_LEVEL, WORLD],
  [GPI_LEVEL, WORLD],
  [PRESENCE, WORLD],
  [SENSED, WORLD],
  [UNSENT, WORLD],
];

/** Row of each register; amps, coefficients and display buffers follow SETTING_RESET. */
export const RESET_ROWS: readonly ResetRow[] = Array.from(
  { length: REGISTERS },
  (_, register) => ROWS.find(([named]) => named === register)?.[1] ?? SETTING,
);
export const SETTING_RESET: ResetRow = SETTING;
