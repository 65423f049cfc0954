// The form: what it says, and a word when it changes.

import type { OutputDescription } from 'azalia';
import { find } from './make.ts';
import type { Sound } from './player.ts';

const LOWEST_HZ = 20;
const HIGHEST_HZ = 20_000;

/** Where a pin is heard: output of the node, and first channel there. */
export interface PinChoice {
  readonly nid: number;
  readonly output: number;
  readonly firstChannel: number;
  readonly channels: number;
}

const input = (id: string) => find<HTMLInputElement>(`#${id}`);

const fractionOf = (hz: number) => Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ);
const hzOf = (fraction: number) => {
  const hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** fraction;
  return Number(hz.toPrecision(3));
};

export class Controls {
  readonly #pins: readonly PinChoice[];

  /** `onTone` follows every change of the tone that is valid, `onPin` every other pin. */
  constructor(
    outputs: readonly OutputDescription[],
    { onTone, onPin }: { readonly onTone: () => void; readonly onPin: () => void },
  ) {
    this.#pins = outputs.flatMap(({ pins }, output) => pins.map((pin) => ({ ...pin, output })));
    this.#pair('frequency', 'frequency-hz', fractionOf, hzOf, onTone);
    this.#pair('level', 'level-db', Number, Number, onTone);
    const follow = () => {
      const { wave } = this.tone;
      find('#sweep').hidden = wave !== 'sweep';
      find('#pitch').hidden = wave === 'sweep';
      for (const id of ['frequency', 'frequency-hz']) input(id).disabled = wave === 'noise' || wave === 'pink';
    };
    follow(); // a page that is loaded anew keeps what was chosen
    find('#wave').addEventListener('change', () => {
      follow();
      onTone();
    });
    find('#sweep-length').addEventListener('change', onTone);
    find('#pin').addEventListener('change', onPin);
    find('#controls').addEventListener('submit', (event) => event.preventDefault());
  }

  get tone(): Sound {
    const wave = find<HTMLInputElement>('[name=wave]:checked').value as Sound['wave'];
    const level = input('level-db').valueAsNumber;
    if (wave !== 'sweep') return { wave, level, frequency: input('frequency-hz').valueAsNumber };
    return { wave, level, frequency: LOWEST_HZ, seconds: Number(find<HTMLSelectElement>('#sweep-length').value) };
  }

  get pin(): PinChoice {
    return this.#pinOf(Number(find<HTMLInputElement>('[name=pin]:checked').value)) as PinChoice;
  }

  /** As if it were clicked, but nobody is told. Undefined where there is no such pin. */
  choosePin(nid: number): PinChoice | undefined {
    const pin = this.#pinOf(nid);
    if (pin) find<HTMLInputElement>(`[name=pin][value="${nid}"]`).checked = true;
    return pin;
  }

  #pinOf(nid: number): PinChoice | undefined {
    return this.#pins.find((pin) => pin.nid === nid);
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
    const tell = () => {
      slider.ariaValueText = `${number.value} ${number.parentElement?.textContent?.trim()}`;
    };
    const follow = () => {
      slider.value = String(toSlider(number.valueAsNumber));
      tell();
    };
    slider.addEventListener('input', () => {
      number.value = String(fromSlider(slider.valueAsNumber));
      tell();
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
