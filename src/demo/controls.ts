// The form: what it says, and a word when it changes.

import type { OutputDescription, PinDescription, ToneSettings } from 'azalia';

const LOWEST_HZ = 20;
const HIGHEST_HZ = 20_000;
const JACK_CSS: Readonly<Record<string, string>> = {
  black: '#4b4b4f',
  grey: '#9a9a9f',
  blue: '#3f8fe0',
  green: '#3fa660',
  red: '#d8443c',
  orange: '#e8862e',
  yellow: '#d9b324',
  purple: '#8d5fc9',
  pink: '#e27ba8',
  white: '#f2f2f2',
};
/** By place in a line-out association (§5.14). */
const SPEAKERS = ['Front', 'Centre, LFE', 'Rear', 'Side'];

/** Where a pin is heard: output of the node, and first channel there. */
export interface PinChoice {
  readonly nid: number;
  readonly output: number;
  readonly firstChannel: number;
  readonly channels: number;
}

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const input = (id: string) => element<HTMLInputElement>(id);

const fractionOf = (hz: number) => Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ);
const hzOf = (fraction: number) => {
  const hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** fraction;
  return Number(hz.toPrecision(3));
};

export class Controls {
  #pins: PinChoice[] = [];

  /** `onTone` follows every change of the tone that is valid, `onPin` every other pin. */
  constructor({ onTone, onPin }: { readonly onTone: () => void; readonly onPin: () => void }) {
    this.#pair('frequency', 'frequency-hz', fractionOf, hzOf, onTone);
    this.#pair('level', 'level-db', Number, Number, onTone);
    element('wave').addEventListener('change', onTone);
    element('pin').addEventListener('change', onPin);
    element('controls').addEventListener('submit', (event) => event.preventDefault());
  }

  get tone(): ToneSettings {
    return {
      frequency: input('frequency-hz').valueAsNumber,
      level: input('level-db').valueAsNumber,
      wave: document.querySelector<HTMLInputElement>('[name=wave]:checked')?.value as ToneSettings['wave'],
    };
  }

  get pin(): PinChoice {
    const nid = Number(document.querySelector<HTMLInputElement>('[name=pin]:checked')?.value);
    return this.pinOf(nid) as PinChoice;
  }

  pinOf(nid: number): PinChoice | undefined {
    return this.#pins.find((pin) => pin.nid === nid);
  }

  showPins(outputs: readonly OutputDescription[]): void {
    this.#pins = outputs.flatMap(({ pins }, output) => pins.map((pin) => ({ ...pin, output })));
    const labels = outputs.flatMap(({ pins }) =>
      pins.map((pin, place) => pinLabel(pin, pins.length > 1 ? SPEAKERS[place] : undefined)),
    );
    element('pin').append(...labels);
    element('pin').querySelector('input')?.setAttribute('checked', '');
  }

  /** A slider and a number that show one value. */
  #pair(
    sliderId: string,
    numberId: string,
    toSlider: (value: number) => number,
    fromSlider: (fraction: number) => number,
    onChange: () => void,
  ): void {
    const slider = input(sliderId);
    const number = input(numberId);
    const follow = () => {
      slider.value = String(toSlider(number.valueAsNumber));
      slider.ariaValueText = `${number.value} ${number.parentElement?.textContent?.trim()}`;
    };
    slider.addEventListener('input', () => {
      number.value = String(fromSlider(slider.valueAsNumber));
      slider.ariaValueText = `${number.value} ${number.parentElement?.textContent?.trim()}`;
      onChange();
    });
    number.addEventListener('input', () => {
      if (!number.checkValidity() || Number.isNaN(number.valueAsNumber)) return;
      follow();
      onChange();
    });
    number.addEventListener('change', () => {
      if (number.checkValidity() && !Number.isNaN(number.valueAsNumber)) return;
      number.value = String(fromSlider(slider.valueAsNumber));
    });
    follow();
  }
}

function pinLabel({ nid, device, color }: PinDescription, speakers: string | undefined): HTMLElement {
  const label = Object.assign(document.createElement('label'), { className: 'choice' });
  const jack = Object.assign(document.createElement('input'), { type: 'radio', name: 'pin', value: String(nid) });
  jack.style.setProperty('--jack', JACK_CSS[color] ?? '');
  const name = speakers ?? `${device.charAt(0).toUpperCase()}${device.slice(1)}`;
  const address = Object.assign(document.createElement('small'), { textContent: `${nid.toString(16).toUpperCase()}h` });
  label.append(jack, ` ${name} `, address);
  return label;
}
