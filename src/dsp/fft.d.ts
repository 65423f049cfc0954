declare module 'fft.js' {
  export default class FFT {
    constructor(size: number);
    /** `out` has re and im of bins 0…size/2 at 2k and 2k+1; 2·size numbers long. */
    realTransform(out: Float64Array, data: Float64Array): void;
  }
}
