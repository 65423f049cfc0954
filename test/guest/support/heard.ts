/** What reached one pin, whole. */
export class Heard {
  rateHz = 0;
  frames = 0;
  readonly #steps: Float32Array[][] = [];

  add(channels: Float32Array[], rateHz: number): void {
    this.rateHz = rateHz;
    this.frames += channels[0]?.length ?? 0;
    this.#steps.push(channels);
  }

  /** Planar, from the first frame that is not silent to the last. */
  get sound(): Float32Array[] {
    const width = Math.max(0, ...this.#steps.map((channels) => channels.length));
    const whole = Array.from({ length: width }, (_, channel) => {
      const samples = new Float32Array(this.frames);
      let at = 0;
      for (const channels of this.#steps) {
        if (channels[channel]) samples.set(channels[channel], at);
        at += channels[0]?.length ?? 0;
      }
      return samples;
    });
    const silent = (frame: number) => whole.every((channel) => channel[frame] === 0);
    let first = 0;
    let last = this.frames;
    while (first < last && silent(first)) first++;
    while (last > first && silent(last - 1)) last--;
    return whole.map((channel) => channel.slice(first, last));
  }
}
