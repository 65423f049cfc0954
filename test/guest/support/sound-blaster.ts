// v86's own sound card as a guest drives it: 44.1 kHz, 16 bits, stereo, by auto-initialising DMA on channel 5.

import type { BarePc } from './bare.ts';

const DSP_RESET = 0x226;
const DSP_WRITE = 0x22c;
const ACKNOWLEDGE_16 = 0x22f;
const DMA = { mask: 0xd4, mode: 0xd6, flipFlop: 0xd8, address: 0xc4, count: 0xc6, page: 0x8b };
const AUTO_INIT_READ_5 = 0x59;
const [SET_RATE, PLAY_16_AUTO_INIT, SIGNED_STEREO] = [0x41, 0xb6, 0x30];
export const RATE_HZ = 44_100;
const BUFFER = 0x40000;
const BUFFER_WORDS = 0x4000;

interface Ports {
  port_write8(port: number, value: number): void;
  port_read8(port: number): number;
}

/** Plays that many seconds of words as fast as it goes; gives the left side as it reached the speaker. */
export function playOnSoundBlaster(pc: BarePc, words: Int16Array, seconds: number): Float32Array {
  const ports = pc.cpu.io as unknown as Ports;
  const out = (port: number, ...bytes: number[]) => {
    for (const byte of bytes) ports.port_write8(port, byte);
  };
  const both = (value: number) => [value & 0xff, value >>> 8];
  pc.cpu.write_blob(new Uint8Array(words.buffer, 0, 2 * BUFFER_WORDS), BUFFER);
  out(DSP_RESET, 1, 0);
  out(DMA.mask, 5);
  out(DMA.flipFlop, 0);
  out(DMA.mode, AUTO_INIT_READ_5);
  out(DMA.address, ...both((BUFFER & 0x1ffff) >>> 1));
  out(DMA.count, ...both(BUFFER_WORDS - 1));
  out(DMA.page, BUFFER >>> 16);
  out(DMA.mask, 1);
  out(DSP_WRITE, SET_RATE, RATE_HZ >>> 8, RATE_HZ & 0xff);
  out(DSP_WRITE, PLAY_16_AUTO_INIT, SIGNED_STEREO, ...both(BUFFER_WORDS / 2 - 1));

  const heard = new Float32Array(seconds * RATE_HZ);
  let frames = 0;
  pc.emulator.add_listener('dac-send-data', ([left]: Float32Array[]) => {
    if (!left) return;
    heard.set(left.subarray(0, heard.length - frames), frames);
    frames += Math.min(left.length, heard.length - frames);
  });
  let interrupt = false;
  Object.assign(pc.cpu, { device_raise_irq: () => (interrupt = true) });
  const { bus } = pc.emulator as unknown as { bus: { send(event: string): void } };
  for (let requests = 0; frames < heard.length && requests < heard.length; requests++) {
    bus.send('dac-request-data');
    if (interrupt) ports.port_read8(ACKNOWLEDGE_16);
    interrupt = false;
  }
  return heard.subarray(0, frames);
}
