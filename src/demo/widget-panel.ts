// One widget's controls; each is a verb through the bus driver (hda-hardware §5).

import type { Azalia } from 'azalia';
import { type CodecModel, expandConnections, type WidgetModel } from '../entries/codec.ts';
import { find, hex, make } from './make.ts';

const SET_AMP = 0x3;
const SET_CONNECTION = 0x701;
const SET_POWER = 0x705;
const SET_PIN_CONTROL = 0x707;
const SET_EAPD = 0x70c;
const GET_PIN_SENSE = 0xf09;
const PRESENT = 0x80000000;
const [OUTPUT_AMP, INPUT_AMP, MUTE] = [0xb000, 0x7000, 0x80];
const [WCAP_INPUT_AMP, WCAP_OUTPUT_AMP, WCAP_POWER] = [2, 4, 0x400];
const PIN = 4;
const SELECTORS = [1, 3, PIN]; // ADC, selector, pin: they hear one input of several
const PIN_BITS = [
  [0x40, 'OUT enable', 1 << 4],
  [0x20, 'IN enable', 1 << 5],
  [0x80, 'headphone amplifier', 1 << 3],
] as const;
const [PINCAP_PRESENCE, PINCAP_EAPD] = [1 << 2, 1 << 16];
const TYPES = ['DAC', 'ADC', 'mixer', 'selector', 'pin', 'power', 'volume knob', 'beep generator'];

export class WidgetPanel {
  readonly #azalia: Azalia;
  readonly #place = find('#widget');
  readonly #changed: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  model: CodecModel | null = null;

  constructor(azalia: Azalia, changed: () => Promise<void>, onError: (error: unknown) => void) {
    this.#azalia = azalia;
    this.#changed = changed;
    this.#onError = onError;
  }

  /** Somebody is at its controls, which show what they set. */
  get used(): boolean {
    return this.#place.contains(document.activeElement);
  }

  open(nid: number): void {
    const groups = this.model?.functionGroups ?? [];
    const group = groups.find(({ widgets }) => widgets.some((widget) => widget.nid === nid));
    const widget = group?.widgets.find((each) => each.nid === nid);
    if (!group || !widget) return;
    const { caps, pinCaps = 0 } = widget;
    const type = (caps >>> 20) & 15;
    const connections = expandConnections(widget.connections ?? []);
    const inputs = type === PIN ? 1 : connections.length;
    const controls = [
      ...(caps & WCAP_OUTPUT_AMP
        ? [this.#amp(nid, 'Output', OUTPUT_AMP, widget.outputAmp, widget.outputAmpCaps || (group.outputAmpCaps ?? 0))]
        : []),
      ...(caps & WCAP_INPUT_AMP
        ? Array.from({ length: inputs }, (_, index) => {
            const name = type === PIN ? 'Input' : `From ${hex(connections[index] ?? 0, 2)}h`;
            const ampCaps = widget.inputAmpCaps || (group.inputAmpCaps ?? 0);
            return this.#amp(nid, name, INPUT_AMP | (index << 8), widget.inputAmps?.[index], ampCaps);
          })
        : []),
      ...(SELECTORS.includes(type) && connections.length > 1 ? [this.#selection(widget, connections)] : []),
      ...(type === PIN ? this.#pinControl(widget, pinCaps) : []),
      ...(pinCaps & PINCAP_EAPD
        ? [
            this.#check('External amplifier (EAPD)', ((widget.eapd ?? 0) & 2) !== 0, (on) =>
              this.#send(nid, SET_EAPD, on ? 2 : 0),
            ),
          ]
        : []),
      ...(caps & WCAP_POWER
        ? [this.#check('Power (D0)', ((widget.power ?? 0) & 15) === 0, (on) => this.#send(nid, SET_POWER, on ? 0 : 3))]
        : []),
      ...(pinCaps & PINCAP_PRESENCE ? [this.#jack(nid)] : []),
    ];
    this.#place.replaceChildren(
      make('h3', {}, `${hex(nid, 2)}h `, make('small', {}, TYPES[type] ?? 'vendor widget')),
      ...(controls.length > 0 ? controls : [make('p', { className: 'quiet' }, 'Nothing can be set here.')]),
    );
  }

  /** Whether something is in the jack: as the codec senses it, and as it is plugged or pulled here. */
  #jack(nid: number): HTMLElement {
    const control = this.#check('Jack plugged', false, (on) => {
      this.#azalia.codec.plug(nid, on).catch(this.#onError);
    });
    const box = control.querySelector('input') as HTMLInputElement;
    this.#azalia.codec
      .verb(nid, GET_PIN_SENSE, 0)
      .then((sense) => {
        box.checked = ((sense ?? 0) & PRESENT) !== 0;
      })
      .catch(this.#onError);
    return control;
  }

  #amp(nid: number, name: string, target: number, sides: readonly number[] = [0, 0], caps: number): HTMLElement {
    const [steps, offset, quarterDb] = [(caps >>> 8) & 0x7f, caps & 0x7f, ((caps >>> 16) & 0x7f) + 1];
    const value = sides[0] ?? 0;
    const slider = make('input', {
      type: 'range',
      min: '0',
      max: `${steps}`,
      value: `${value & 0x7f}`,
      ariaLabel: `${name} gain`,
    });
    const shown = make('span', { className: 'value' });
    const follow = () => {
      shown.textContent = `${((slider.valueAsNumber - offset) * quarterDb) / 4} dB`.replace('-', '−');
    };
    follow();
    const mute = make('input', { type: 'checkbox', checked: (value & MUTE) !== 0, ariaLabel: `${name} mute` });
    const send = () => {
      follow();
      this.#send(nid, SET_AMP, target | (mute.checked ? MUTE : 0) | slider.valueAsNumber);
    };
    slider.addEventListener('input', send);
    mute.addEventListener('change', send);
    const parts = [...(steps > 0 ? [slider, shown] : []), ...(caps >>> 31 ? [make('label', {}, mute, ' mute')] : [])];
    return make('div', { className: 'control amp' }, make('span', {}, name), ...parts);
  }

  #selection({ nid, selected = 0 }: WidgetModel, connections: readonly number[]): HTMLElement {
    const choice = make('select', { ariaLabel: 'Selected input' });
    choice.append(
      ...connections.map((from, index) =>
        make('option', { value: `${index}`, selected: index === selected }, `${hex(from, 2)}h`),
      ),
    );
    choice.addEventListener('change', () => this.#send(nid, SET_CONNECTION, Number(choice.value)));
    return make('label', { className: 'control' }, make('span', {}, 'Input from'), choice);
  }

  #pinControl({ nid, pinControl = 0 }: WidgetModel, pinCaps: number): HTMLElement[] {
    let control = pinControl;
    return PIN_BITS.filter(([, , cap]) => pinCaps & cap).map(([bit, name]) =>
      this.#check(name, (control & bit) !== 0, (on) => {
        control = on ? control | bit : control & ~bit;
        this.#send(nid, SET_PIN_CONTROL, control);
      }),
    );
  }

  #check(name: string, checked: boolean, set: (on: boolean) => void): HTMLElement {
    const box = make('input', { type: 'checkbox', checked });
    box.addEventListener('change', () => set(box.checked));
    return make('label', { className: 'control' }, box, ` ${name}`);
  }

  #send(nid: number, verb: number, parameter: number): void {
    this.#azalia.codec.verb(nid, verb, parameter).then(this.#changed).catch(this.#onError);
  }
}
