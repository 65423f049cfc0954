/** A canvas that follows its size and the colours of the page; drawn in CSS pixels. */
export class Screen {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #colors = { accent: '', soft: '', grid: '', quiet: '' };
  width = 0;
  height = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#fit());
    this.#fit();
  }

  get colors() {
    return this.#colors;
  }

  clear(): CanvasRenderingContext2D {
    this.#context.clearRect(0, 0, this.width, this.height);
    return this.#context;
  }

  #fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const scale = devicePixelRatio;
    this.width = clientWidth;
    this.height = clientHeight;
    this.#canvas.width = Math.round(clientWidth * scale);
    this.#canvas.height = Math.round(clientHeight * scale);
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#context.font = '11px system-ui, sans-serif';
    const style = getComputedStyle(this.#canvas);
    const color = (name: string) => style.getPropertyValue(name).trim();
    this.#colors = {
      accent: color('--accent'),
      soft: color('--accent-soft'),
      grid: color('--grid'),
      quiet: color('--quiet'),
    };
  }
}
