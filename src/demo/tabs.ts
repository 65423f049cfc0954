// Tabs as the ARIA practices have them: arrows go from one to the next, and only the one that is shown works.

export class Tabs {
  readonly #tabs: HTMLElement[];
  readonly #onShow: (name: string) => void;

  /** `list` holds buttons whose aria-controls name the panels. */
  constructor(list: HTMLElement, onShow: (name: string) => void) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    this.#onShow = onShow;
    list.addEventListener('click', ({ target }) => {
      const tab = (target as HTMLElement).closest<HTMLElement>('[role=tab]');
      if (tab) this.#show(tab);
    });
    list.addEventListener('keydown', (event) => {
      const at = this.#tabs.indexOf(event.target as HTMLElement);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at < 0 || step === undefined) return;
      event.preventDefault();
      const next = this.#tabs[(at + step + this.#tabs.length) % this.#tabs.length] as HTMLElement;
      this.#show(next);
      next.focus();
    });
  }

  /** aria-controls of the one that is shown. */
  get shown(): string {
    return this.#tabs.find((tab) => tab.ariaSelected === 'true')?.getAttribute('aria-controls') ?? '';
  }

  #show(shown: HTMLElement): void {
    for (const tab of this.#tabs) {
      tab.ariaSelected = String(tab === shown);
      tab.tabIndex = tab === shown ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
      if (panel) panel.hidden = tab !== shown;
    }
    this.#onShow(this.shown);
  }
}
