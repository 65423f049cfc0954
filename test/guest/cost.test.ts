// What the card's emulation costs beside v86's own sound card: processor time for a second of 16-bit stereo, the test in the
// guest's place. What it costs while Linux plays is in everything.test.ts.

import { expect, it } from 'vitest';
import { attachHdAudio, type HdAudio } from '../../src/entries/v86.ts';
import * as R from '../../src/hda/registers.ts';
import type { Device } from '../../src/machine/device.ts';
import { BUFFERS, Guest } from '../support/guest.ts';
import { BarePc } from './support/bare.ts';
import { playOnSoundBlaster, RATE_HZ } from './support/sound-blaster.ts';

const SECONDS = 20;
const SLICE_MS = 0.1; // v86 looks after its timers 10 000 times a second
const PERIOD_BYTES = 4 * 4096;
const [FRONT_DAC, FRONT_MIXER, FRONT_PIN] = [0x02, 0x0d, 0x14];
const words = Int16Array.from({ length: 0x4000 }, (_, i) => 20_000 * Math.sin((2 * Math.PI * (i >> 1)) / 128));

/** Milliseconds of processor time that the work takes for each of its seconds. */
function cost(work: (seconds: number) => void): number {
  work(2); // compiled
  const before = process.cpuUsage();
  work(SECONDS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / SECONDS;
}

function slices(pc: BarePc, seconds: number, after: () => void): void {
  for (let n = 0; n < (1000 * seconds) / SLICE_MS; n++) {
    pc.pass(SLICE_MS);
    after();
  }
}

/** Four periods of 85 ms through front DAC, mixer and pin of «desktop»; returns what Linux does between slices. */
function start(pc: BarePc, { address, machine }: HdAudio): () => void {
  const guest = new Guest({
    controller: {
      read: (offset: number, bytes: 1 | 2 | 4) => pc.read(address + offset, bytes),
      write: (offset: number, bytes: 1 | 2 | 4, value: number) => pc.write(address + offset, bytes, value),
    },
    memory: machine.memory,
    advance: (frames: number) => pc.pass(frames / 48),
  } as unknown as Device);
  guest.start();
  guest.verb(FRONT_DAC, 0x706, 0x10); // stream 1
  guest.verb(FRONT_DAC, 0x2, 0x0011); // 48 kHz, 16 bits, stereo
  guest.verb(FRONT_DAC, 0x3, 0xb057); // 0 dB
  for (const nid of [0x01, FRONT_DAC, FRONT_MIXER, FRONT_PIN]) guest.verb(nid, 0x705, 0); // D0
  guest.verb(FRONT_MIXER, 0x3, 0x7000);
  guest.verb(FRONT_PIN, 0x3, 0xb000);
  guest.verb(FRONT_PIN, 0x707, 0x40); // OUT
  guest.verb(FRONT_PIN, 0x70c, 0x02); // EAPD
  pc.cpu.write_blob(new Uint8Array(Int16Array.from([...words, ...words]).buffer), BUFFERS);
  guest.write32(R.INTCTL, R.INTCTL_GIE | (1 << 4));
  const entries = [0, 1, 2, 3].map((n) => ({ address: BUFFERS + n * PERIOD_BYTES, length: PERIOD_BYTES, ioc: true }));
  const stream = guest.stream(4).setUp({ entries });
  stream.run();
  return () => {
    if (!machine.controller.interrupt) return;
    guest.read32(R.INTSTS);
    stream.acknowledge();
    guest.read32(R.SD_BASE + 4 * R.SD_STRIDE + R.SDnLPIB);
  };
}

it('the card and v86’s SB16 both play 16-bit stereo from a bare guest; the processor time of each is printed', async () => {
  const other = await BarePc.create();
  let heard = new Float32Array();
  const soundBlaster = cost((seconds) => {
    heard = Float32Array.from(playOnSoundBlaster(other, words, seconds));
  });
  expect(heard.length).toBe(SECONDS * RATE_HZ);
  for (let i = 0; i < 1000; i++) expect(heard[i]).toBeCloseTo((words[2 * i] as number) / 32767.5, 5);
  await other.emulator.destroy();

  const idle = await BarePc.create();
  const loop = cost((seconds) => slices(idle, seconds, () => {}));
  await idle.emulator.destroy();

  const pc = await BarePc.create();
  let frames = 0;
  const card = await attachHdAudio(pc.emulator, { onOutput: (channels) => (frames += channels[0]?.length ?? 0) });
  const answer = start(pc, card);
  const highDefinition = cost((seconds) => slices(pc, seconds, answer)) - loop;
  expect(frames).toBeGreaterThan(SECONDS * 48_000);
  card.detach();
  await pc.emulator.destroy();
  console.info(
    `guest: 1 s of stereo takes ${highDefinition.toFixed(2)} ms in the card, ${soundBlaster.toFixed(2)} ms in v86’s SB16`,
  );
  expect(highDefinition).toBeGreaterThan(0);
});
