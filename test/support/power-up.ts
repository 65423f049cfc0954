// One line of set-up: const { device, guest, codec } = await powerUp();

import { createParts, Device } from '../../src/machine/device.ts';
import type { DeviceCodec } from '../../src/machine/mixer.ts';
import { checkOptions, type DeviceOptions } from '../../src/machine/options.ts';
import { Guest } from './guest.ts';
import { TestCodec } from './test-codec.ts';

export interface PoweredUp {
  readonly device: Device;
  readonly guest: Guest;
  /** The codec at address 0. */
  readonly codec: TestCodec;
}

export interface PowerUpOptions extends Omit<DeviceOptions, 'codecs'> {
  /** Default: one TestCodec at address 0. */
  codecs?: readonly (DeviceCodec | null)[];
}

/** A device with test codecs at power-on: in reset, RAM zero. */
export async function powerUp({ codecs, ...options }: PowerUpOptions = {}): Promise<PoweredUp> {
  const codec = new TestCodec();
  const checked = checkOptions({ memoryBytes: 1 << 20, ...options });
  const device = new Device(await createParts(codecs ?? [codec], checked));
  return { device, guest: new Guest(device), codec };
}
