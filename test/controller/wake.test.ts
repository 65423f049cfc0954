import { expect, it } from 'vitest';
import { GCTL, GCTL_CRST, ICIS, ICIS_ICB, ICOI, SDI_MASK, STATESTS, WAKEEN } from '../../src/hda/registers.ts';
import { command8, UNSOLICITED_ENABLE, VERB_SET_UNSOLICITED } from '../../src/hda/verbs.ts';
import { createDevice } from '../../src/machine/device.ts';

const PMCS = 0x54;
const D0 = 0;
const D3HOT = 3;
const HEADPHONE = 0x1b;
const UNSOLICITED_ON = command8(0, HEADPHONE, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | 1);

it('PME#: a codec of WAKEEN that drives its line high while the function is in D3 is told once; in D0 or without WAKEEN nobody (§3.1)', async () => {
  const machine = await createDevice();
  const { controller, pci } = machine;
  controller.write(GCTL, 4, GCTL_CRST);
  machine.advance(30);
  controller.write(ICOI, 4, UNSOLICITED_ON);
  controller.write(ICIS, 2, ICIS_ICB);
  let told = 0;
  const end = controller.onWake(() => told++);
  const sleep = (wakeen: number, state: number) => {
    controller.write(GCTL, 4, 0);
    controller.write(STATESTS, 2, SDI_MASK);
    controller.write(WAKEEN, 2, wakeen);
    pci.write(PMCS, 4, state);
  };
  let plugged = false;
  const jack = () => {
    plugged = !plugged;
    machine.codecs[0]?.plug(HEADPHONE, plugged);
  };
  sleep(1, D0);
  jack();
  expect([told, controller.read(STATESTS, 2)]).toEqual([0, 1]);
  sleep(0, D3HOT);
  jack();
  expect(told).toBe(0);
  pci.write(PMCS, 4, D0);
  sleep(1, D3HOT);
  jack();
  jack();
  expect([told, controller.interrupt]).toEqual([1, false]); // a function in D3 cannot interrupt
  pci.write(PMCS, 4, D0);
  expect([controller.read(STATESTS, 2), controller.read(WAKEEN, 2)]).toEqual([1, 1]); // the resume well
  pci.write(PMCS, 4, D3HOT);
  expect(told).toBe(2); // the line is still high
  end();
  pci.write(PMCS, 4, D0);
  pci.write(PMCS, 4, D3HOT);
  expect(told).toBe(2);
});
