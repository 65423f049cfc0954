import { expect, it } from 'vitest';
import { functionGroupIdentity } from '../../src/bus/identity.ts';

const pci = {
  read: (offset: number) => ({ 0: 0x8086, 2: 0x9ca0 })[offset] ?? 0,
  write: () => {},
};
const group = {
  codecAddress: 2,
  node: 1,
  type: 1,
  vendorId: 0x10ec0662,
  revisionId: 0x00100101,
  subsystemId: 0x103c304a,
};

it('DDI-103: two hardware ids: in full, then without the revision', () => {
  const full = 'HDAUDIO\\FUNC_01&VEN_10EC&DEV_0662&SUBSYS_103C304A';
  const identity = functionGroupIdentity(group, pci);
  expect(identity.hardwareIds).toEqual([`${full}&REV_1001`, full]);
  expect(identity.deviceId).toBe(`${full}&REV_1001`);
  expect(identity.instanceId).toBe('0201');
});

it('compatible ids in the order of a Windows 7 log, CTLR as the log spells it (§5.3, C16)', () => {
  const identity = functionGroupIdentity(
    { ...group, vendorId: 0x10ec0236, revisionId: 0x00100002, subsystemId: 0x17aa3808 },
    pci,
  );
  expect(identity.compatibleIds.map((id) => id.replace('HDAUDIO\\FUNC_01', ''))).toEqual([
    '&CTLR_VEN_8086&CTLR_DEV_9CA0&VEN_10EC&DEV_0236&REV_1000',
    '&CTLR_VEN_8086&VEN_10EC&DEV_0236&REV_1000',
    '&VEN_10EC&DEV_0236&REV_1000',
    '&CTLR_VEN_8086&CTLR_DEV_9CA0&VEN_10EC&DEV_0236',
    '&CTLR_VEN_8086&VEN_10EC&DEV_0236',
    '&VEN_10EC&DEV_0236',
    '&CTLR_VEN_8086&CTLR_DEV_9CA0&VEN_10EC',
    '&CTLR_VEN_8086&VEN_10EC',
    '&VEN_10EC',
    '&CTLR_VEN_8086&CTLR_DEV_9CA0',
    '&CTLR_VEN_8086',
    '&GF&VEN_10EC&DEV_0236&SUBSYS_17AA3808&REV_1000',
    '',
  ]);
});
