import { make } from './make.ts';

/** A line to type or an example to click, what came of it above, and the lines before by the arrow keys. */
export class ConsolePanel {
  readonly #output: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #run: (line: string) => Promise<string>;
  readonly #history: string[] = [];
  #at = 0;

  /** `run` answers with the text to show; what it rejects with is shown as well. */
  constructor(form: HTMLFormElement, run: (line: string) => Promise<string>) {
    this.#output = form.querySelector('output') as HTMLElement;
    this.#input = form.querySelector('input') as HTMLInputElement;
    this.#run = run;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    for (const example of form.querySelectorAll('button')) {
      example.addEventListener('click', () => {
        this.#input.value = example.textContent ?? '';
        void this.#submit();
      });
    }
    this.#input.addEventListener('keydown', (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#at = Math.min(Math.max(this.#at + step, 0), this.#history.length);
      this.#input.value = this.#history[this.#at] ?? '';
    });
  }

  async #submit(): Promise<void> {
    const line = this.#input.value.trim();
    if (line === '') return;
    this.#history.push(line);
    this.#at = this.#history.length;
    this.#input.value = '';
    const answer = await this.#run(line).catch((error: Error) => error.message);
    this.#output.append(make('div', { className: 'asked' }, `> ${line}`), make('div', {}, answer));
    this.#output.scrollTop = this.#output.scrollHeight;
  }
}
