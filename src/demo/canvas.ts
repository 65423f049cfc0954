const COLORS = ['accent', 'accent-soft', 'accent-faded', 'hot', 'hot-faded', 'grid', 'quiet'] as const;
type Colors = Readonly<Record<(typeof COLORS)[number], string>>;

/** A canvas that follows its size and the colours of the page; drawn in CSS pixels. */
export class Screen {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  colors = Object.fromEntries(COLORS.map((name) => [name, ''])) as Colors;
  width = 0;
  height = 0;
  /** Grows when what was drawn is gone. */
  version = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#fit());
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
    this.colors = Object.fromEntries(
      COLORS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    ) as Colors;
    this.version++;
  }
}
