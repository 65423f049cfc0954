// Tabs as the ARIA practices have them: arrows go from one to the next, and only the one that is shown works.

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export class Tabs {
  readonly #tabs: HTMLElement[];
  readonly #onShow: () => void;
  #shown: HTMLElement;

  /** `list` holds buttons whose aria-controls name the panels. */
  constructor(list: HTMLElement, onShow: () => void) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    this.#shown = this.#tabs.find((tab) => tab.ariaSelected === 'true') as HTMLElement;
    this.#onShow = onShow;
    list.addEventListener('click', ({ target }) => {
      const tab = (target as HTMLElement).closest<HTMLElement>('[role=tab]');
      if (tab) this.#show(tab);
    });
    list.addEventListener('keydown', (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      this.#show(this.#tabs[step(this.#tabs.indexOf(this.#shown), this.#tabs.length)] as HTMLElement);
      this.#shown.focus();
    });
  }

  /** aria-controls of the one that is shown. */
  get shown(): string {
    return this.#shown.getAttribute('aria-controls') ?? '';
  }

  #show(shown: HTMLElement): void {
    this.#shown = shown;
    for (const tab of this.#tabs) {
      tab.ariaSelected = String(tab === shown);
      tab.tabIndex = tab === shown ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
      if (panel) panel.hidden = tab !== shown;
    }
    shown.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.#onShow();
  }
}
