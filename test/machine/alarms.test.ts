import { expect, it } from 'vitest';
import { powerUp } from '../support/power-up.ts';

it('callAt: calls at its tick exactly, in order of time, once, and not after it was taken back', async () => {
  const { device } = await powerUp();
  const heard: [string, bigint][] = [];
  const call = (name: string) => () => heard.push([name, device.linkTicks]);
  device.callAt(1234n, call('b'));
  device.callAt(1000n, call('a'));
  device.callAt(1234n, call('c'));
  device.callAt(2000n, call('never'))();
  expect(device.ticksToEvent).toBe(1000);
  device.advance(100);
  expect(heard).toEqual([
    ['a', 1000n],
    ['b', 1234n],
    ['c', 1234n],
  ]);
});

it('callAt: a time that is past is the next tick; a call may ask anew, and no time passes inside it', async () => {
  const { device } = await powerUp();
  device.advance(10);
  const ticks: bigint[] = [];
  const again = () => {
    ticks.push(device.linkTicks);
    expect(() => device.advance(1)).toThrow(/time stands still/);
    if (ticks.length < 3) device.callAt(0n, again);
  };
  device.callAt(0n, again);
  device.advance(10);
  expect(ticks).toEqual([5001n, 5002n, 5003n]);
});

it('callAt: what a call throws comes out of advance, and those beside it still come', async () => {
  const { device } = await powerUp();
  let others = 0;
  device.callAt(500n, () => {
    throw new Error('thrown');
  });
  device.callAt(500n, () => others++);
  expect(() => device.advance(4)).toThrow('thrown');
  device.advance(4);
  expect(others).toBe(1);
});
