// Immediate commands: hda-hardware §3.4 and rows I1–I4 of §8.

import { expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER } from '../../src/hda/verbs.ts';
import { powerUp } from '../support/power-up.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const ABSENT = command8(5, 0, VERB_GET_PARAMETER, 0);

async function sent(command: number) {
  const powered = await powerUp();
  const { guest } = powered;
  guest.start();
  guest.write8(R.CORBCTL, 0);
  guest.write16(R.ICIS, R.ICIS_IRV);
  guest.write32(R.ICOI, command);
  guest.write16(R.ICIS, R.ICIS_ICB);
  return powered;
}

it('HW-I1: the answer is there when the write returns: ICB 0 with IRV 1, ICII loaded', async () => {
  const { guest, codec } = await sent(VENDOR_ID);
  expect(guest.read16(R.ICIS) & 3).toBe(R.ICIS_IRV);
  expect(guest.read32(R.ICII)).toBe(codec.model.vendorId);
});

it('HW-I2: where nobody answers ICB stays 1 and IRV 0; writing 0 takes ICB back', async () => {
  const { guest } = await sent(ABSENT);
  expect(guest.read16(R.ICIS)).toBe(R.ICIS_ICB);
  guest.write16(R.ICIS, 0);
  expect(guest.read16(R.ICIS)).toBe(0);
});

it('HW-I3: IRV clears by writing 1', async () => {
  const { guest } = await sent(VENDOR_ID);
  guest.write16(R.ICIS, R.ICIS_IRV);
  expect(guest.read16(R.ICIS)).toBe(0);
});

it('HW-I4: the response does not reach the ring and raises nothing', async () => {
  const { device, guest } = await sent(VENDOR_ID);
  expect([guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS)]).toEqual([0, 0]);
  expect(device.controller.interrupt).toBe(false);
});

it('writing 3 clears IRV, then sends (§2.7)', async () => {
  const { guest, codec } = await sent(VENDOR_ID);
  guest.write16(R.ICIS, R.ICIS_ICB | R.ICIS_IRV);
  expect(codec.commands).toHaveLength(2);
  expect(guest.read16(R.ICIS)).toBe(R.ICIS_IRV);
});

it.each([
  ['low first', false],
  ['high first', true],
])('ICIS as two byte writes, %s, sends once (Appendix A)', async (_order, highFirst) => {
  const { guest, codec } = await sent(VENDOR_ID);
  guest.writeBytes(R.ICIS, R.ICIS_ICB, highFirst);
  expect(codec.commands).toHaveLength(2);
});

it('an answer that was not cleared does not pass for the one that never came', async () => {
  const { guest } = await sent(VENDOR_ID);
  guest.write32(R.ICOI, ABSENT);
  guest.write16(R.ICIS, R.ICIS_ICB);
  expect(guest.read16(R.ICIS)).toBe(R.ICIS_ICB);
});

it('after an empty address the next command answers, ICB cleared or not (hostile-inputs §5, WDMHDA 51)', async () => {
  const { guest, codec } = await sent(ABSENT);
  guest.write32(R.ICOI, VENDOR_ID);
  guest.write16(R.ICIS, R.ICIS_ICB);
  expect(guest.read16(R.ICIS)).toBe(R.ICIS_IRV);
  expect(guest.read32(R.ICII)).toBe(codec.model.vendorId);
});
