// What web-audio-test-api has beyond Web Audio itself; it comes without types.
declare module 'web-audio-test-api' {
  const api: {
    sampleRate: number;
    setState(states: Record<string, string>): void;
  };
  export default api;

  export interface TestContext extends AudioContext {
    /** Lets time pass: fires `ended` and `audioprocess`, renders nothing. */
    $processTo(seconds: number): void;
    toJSON(): unknown;
  }
}
