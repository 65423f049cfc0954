import { find } from './make.ts';

const MOST_CHARACTERS = 100_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal's commands begin with
const COMMANDS = /\x1b(\[[\d;?]*[A-Za-z]|[()].|[=>78])/g;
const BACKSPACE = '\b';

/** The guest's serial port as lines of text: what it writes, and a line to send. */
export class SerialConsole {
  readonly #output = find('#serial output');
  #text = '';
  #waits = false;

  constructor(send: (text: string) => void) {
    const input = find<HTMLInputElement>('#serial input');
    input.disabled = false;
    find('#serial').addEventListener('submit', (event) => {
      event.preventDefault();
      send(`${input.value}\n`);
      input.value = '';
    });
  }

  take(byte: number): void {
    const character = String.fromCharCode(byte);
    if (character === BACKSPACE) this.#text = this.#text.slice(0, -1);
    else if (character !== '\r') this.#text += character;
    if (this.#waits) return;
    this.#waits = true;
    requestAnimationFrame(() => {
      this.#waits = false;
      this.#show();
    });
  }

  #show(): void {
    const output = this.#output;
    const follows = output.scrollTop + output.clientHeight >= output.scrollHeight - 4;
    this.#text = this.#text.slice(-MOST_CHARACTERS).replaceAll(COMMANDS, '');
    output.textContent = this.#text;
    if (follows) output.scrollTop = output.scrollHeight;
  }
}
