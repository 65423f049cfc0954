// Windows on the device: the tree of devices down to the controller, the bus driver, and a class driver on every audio
// function group.

import { WINDOWS_NTDDI, type WindowsVersion } from '../ddi/windows-version.ts';
import { Child } from '../driver-model/bus-half.ts';
import type { Devnode } from '../driver-model/devnode.ts';
import { DriverObject } from '../driver-model/driver-object.ts';
import type { DriverPackage } from '../driver-model/driver-package.ts';
import { installPackage, uninstallService } from '../driver-model/installation.ts';
import { Kernel } from '../driver-model/kernel.ts';
import { PnpManager } from '../driver-model/pnp-manager.ts';
import { PowerManager } from '../driver-model/power-manager.ts';
import { UserMode } from '../driver-model/user-mode.ts';
import type { Violation } from '../driver-model/verifier.ts';
import type { AudioClassDevice } from '../drivers/audio-class/audio-class-device.ts';
import type { AudioDevice } from '../drivers/audio-class/audio-device.ts';
import type { Adapter } from '../dsp/kernel/adapter.ts';
import type { DevicePort } from '../port/device-port.ts';
import { Debugger } from './debugger.ts';
import { DspAdapter } from './dsp-adapter.ts';
import { inBoxPackages, ROOT, rootDriver } from './in-box.ts';

/** What exists from boot to shutdown. */
interface Running {
  readonly kernel: Kernel;
  readonly pnp: PnpManager;
  readonly userMode: UserMode;
  readonly power: PowerManager;
  readonly debugger: Debugger;
  /** Nobody is told any more of codecs that want out of sleep. */
  readonly endWake: () => void;
  /** Made when somebody asks for it. */
  dsp: DspAdapter | null;
}

export class Windows {
  readonly version: WindowsVersion;
  readonly #port: DevicePort;
  readonly #audio: AudioClassDevice[] = [];
  readonly #added: DriverPackage[] = [];
  #running: Running | null = null;
  #present = true;
  #violations: readonly Violation[] = [];

  constructor(port: DevicePort, options: { version: WindowsVersion }) {
    this.#port = port;
    this.version = options.version;
  }

  get booted(): boolean {
    return this.#running !== null;
  }

  /** The class driver's devices, by codec address. */
  get audio(): readonly AudioDevice[] {
    return this.#audio;
  }

  /** CreateFile, DeviceIoControl, CloseHandle. Error before boot(). */
  get userMode(): UserMode {
    return this.#require().userMode;
  }

  /** Devices and drivers. Error before boot(). */
  get pnp(): PnpManager {
    return this.#require().pnp;
  }

  /** The system's sleep, and single devices'. Error before boot(). */
  get power(): PowerManager {
    return this.#require().power;
  }

  get kernel(): Kernel {
    return this.#require().kernel;
  }

  /**
   * The adapter that runs command buffers on the device's engine (azalia/driver-kit: DspDevice, commands); it takes 4.25
   * MiB of guest RAM. Null where an embedder owns the RAM or there is none left. Error before boot().
   */
  get dsp(): Adapter | null {
    const running = this.#require();
    if (this.#port.engine) running.dsp ??= DspAdapter.create(running.kernel, this.#port.engine);
    return running.dsp?.adapter ?? null;
  }

  /** What the driver verifier saw, shutdown's leak check included. */
  get violations(): readonly Violation[] {
    return this.#running?.kernel.verifier.violations ?? this.#violations;
  }

  /** Enumerates from the root and starts every driver; device time passes. Nothing happens where Windows is booted. */
  boot(): void {
    if (this.#running) return;
    const kernel = new Kernel(this.#port);
    const pnp = new PnpManager(kernel);
    const power = new PowerManager(pnp);
    this.#running = {
      kernel,
      pnp,
      power,
      userMode: new UserMode(pnp),
      debugger: new Debugger(kernel, pnp),
      endWake: this.#port.registers.onWake(() => power.wake()),
      dsp: null,
    };
    this.#present = true;
    const listener = {
      arrived: (device: AudioClassDevice) => {
        this.#audio.push(device);
        this.#audio.sort((a, b) => a.codecAddress - b.codecAddress);
      },
      departed: (device: AudioClassDevice) => this.#audio.splice(this.#audio.indexOf(device), 1),
    };
    const ntddi = WINDOWS_NTDDI[this.version];
    pnp.packages.push(...inBoxPackages(this.#port.pci, () => this.#present, ntddi, listener), ...this.#added);
    const manager = new DriverObject(kernel, 'PnpManager', rootDriver);
    const root = new Child(manager, ROOT);
    kernel.call(() => {
      rootDriver(manager, '');
      manager.AddDevice?.(manager, root.pdo);
      pnp.drivers.set(manager.service, manager);
      pnp.startRoot(root.pdo, `${ROOT.deviceId}\\0`, manager.service);
    });
  }

  /** Puts a driver package in place, now and at every boot. A device that it serves better gets it at once. */
  loadDriver(row: DriverPackage): void {
    this.#added.push(row);
    const running = this.#running;
    running?.kernel.call(() => installPackage(running.pnp, row));
  }

  /**
   * Takes away, now and at every boot, what loadDriver put in place under this service; its devices get the next best
   * driver. False, and nothing changed, where no such package was loaded or a driver refused the removal.
   */
  unloadDriver(service: string): boolean {
    const kept = this.#added.filter((row) => row.service !== service);
    if (kept.length === this.#added.length) return false;
    const running = this.#running;
    if (running && !running.kernel.call(() => uninstallService(running.pnp, service))) return false;
    this.#added.splice(0, this.#added.length, ...kept);
    return true;
  }

  /** The controller is pulled out of its slot: surprise removal. */
  unplugController(): void {
    const { kernel, pnp } = this.#require();
    this.#present = false;
    const slot = this.controllerNode?.parent;
    if (slot) kernel.call(() => pnp.enumerate(slot));
  }

  /** It is put back: enumerated as a new device. */
  plugController(): void {
    const { kernel, pnp } = this.#require();
    this.#present = true;
    const slot = pnp.nodes.find(({ service }) => service === 'pci');
    if (slot) kernel.call(() => pnp.enumerate(slot));
  }

  /** A debugger command, such as `!devnode 0 1`: the lines that it prints. Error before boot(). */
  kd(commandLine: string): string[] {
    return this.#require().debugger.run(commandLine);
  }

  get controllerNode(): Devnode | null {
    return [...(this.#running?.pnp.root?.all() ?? [])].find(({ service }) => service === 'HDAudBus') ?? null;
  }

  /** Closes the streams, removes the devices, unloads the drivers; the controller is left in reset. */
  shutdown(): void {
    const running = this.#running;
    if (!running) return;
    const { kernel, pnp } = running;
    running.power.wake();
    running.endWake();
    kernel.call(() => {
      for (const child of [...(pnp.root?.children ?? [])]) pnp.remove(child);
    });
    running.dsp?.free();
    for (const irp of kernel.irps) kernel.verifier.reportLost(irp, 'shutdown');
    kernel.pool.reportLeaks('shutdown');
    this.#violations = kernel.verifier.violations;
    this.#running = null;
    this.#audio.splice(0);
  }

  #require(): Running {
    if (!this.#running) throw new Error('Windows is not booted');
    return this.#running;
  }
}
