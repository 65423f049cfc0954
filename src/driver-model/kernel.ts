// The processor as drivers see it: IRQL as an explicit value, interrupt, DPC queue, threads that wait.
//
// Everything is synchronous. When the line rises the ISR runs at once at DIRQL, on top of whatever was running below;
// then the DPCs it queued, at DISPATCH_LEVEL, as soon as nothing at DISPATCH_LEVEL or above is left; then, at
// PASSIVE_LEVEL, the threads whose events were set, as soon as no thread is running. Device time stands still in all this
// but where code stalls.

import { DIRQL, DISPATCH_LEVEL, type IRQL, irqlName, PASSIVE_LEVEL } from '../ddi/irql.ts';
import type { DevicePort } from '../port/device-port.ts';
import type { DriverObject } from './driver-object.ts';
import type { Irp } from './irp.ts';
import { PhysicalMemory } from './memory.ts';
import { Pool } from './pool.ts';
import { Verifier } from './verifier.ts';

/** An ISR that leaves the line high so many times in a row does not serve it: the line stays high, unattended. */
const MAX_ISR_CALLS = 64;

/** The kernel of one machine: `DriverObject.kernel`. Its routines are the Ke, Ex, Mm and Io routines that stand beside them. */
export class Kernel {
  readonly port: DevicePort;
  readonly memory: PhysicalMemory;
  readonly pool = new Pool(this);
  readonly verifier = new Verifier();
  /** Packets that are under way. */
  readonly irps = new Set<Irp>();
  #nextAddress = 0xa000;
  #irql: IRQL = PASSIVE_LEVEL;
  #calls = 0;
  #interrupts = 0;
  /** The line rose while IRQL was at its level or above: its ISR runs when that ends. */
  #held = false;
  readonly #isrs = new Set<() => void>();
  #draining = false;
  #driver: DriverObject | null = null;
  readonly #dpcs: { readonly dpc: Dpc; readonly driver: DriverObject | null }[] = [];
  readonly #ready: (() => void)[] = [];

  constructor(port: DevicePort) {
    this.port = port;
    this.memory = new PhysicalMemory(port.memory);
  }

  /** An address for a kernel object, as debugger views show it. */
  objectAddress(): number {
    this.#nextAddress += 0x100;
    return this.#nextAddress;
  }

  /** KeGetCurrentIrql. */
  get irql(): IRQL {
    return this.#irql;
  }

  /** KeQueryPerformanceCounter: 24 MHz. */
  get performanceCounter(): bigint {
    return this.port.linkTicks;
  }

  /** KeRaiseIrql, the body, KeLowerIrql. A level below the present one leaves the present one. */
  raise<T>(irql: IRQL, body: () => T): T {
    const before = this.#irql;
    this.#irql = Math.max(before, irql);
    try {
      return body();
    } finally {
      this.#irql = before;
      if (this.#held && before < DIRQL) this.#serveHeld();
      this.#settle();
    }
  }

  #serveHeld(): void {
    this.#held = false;
    for (const serve of this.#isrs) if (this.port.registers.interrupt) serve();
  }

  /** Whose code is running, for the verifier; null outside of drivers. */
  get driver(): DriverObject | null {
    return this.#driver;
  }

  /** Runs a driver's routine in that driver's name. */
  as<T>(driver: DriverObject | null, body: () => T): T {
    const before = this.#driver;
    this.#driver = driver;
    try {
      return body();
    } finally {
      this.#driver = before;
    }
  }

  /** False, and told to the verifier, where a routine is called above the highest IRQL that it allows. */
  allows(highest: IRQL, call: string, object: string): boolean {
    if (this.#irql <= highest) return true;
    const driver = this.#driver?.DriverName ?? 'nt';
    this.verifier.report(`IRQL ${irqlName(this.#irql)} too high`, driver, object, call);
    return false;
  }

  /** Runs a call from outside, or from one driver into another: no waiting thread runs before the outermost one ends. */
  call<T>(body: () => T): T {
    this.#calls++;
    try {
      return body();
    } finally {
      this.#calls--;
      this.#settle();
    }
  }

  /** IoConnectInterrupt. The ISR returns whether the interrupt was its device's. Returns IoDisconnectInterrupt. */
  connectInterrupt(isr: () => boolean): () => void {
    const driver = this.#driver;
    const serve = () => {
      if (this.#irql >= DIRQL) {
        this.#held = true;
        return;
      }
      this.#interrupts++;
      try {
        this.raise(DIRQL, () => {
          for (let n = 0; n < MAX_ISR_CALLS && this.port.registers.interrupt; n++) if (!this.as(driver, isr)) break;
          this.#held = false; // it looked at the line again itself
        });
      } finally {
        this.#interrupts--;
      }
    };
    this.#isrs.add(serve);
    const disconnect = this.port.registers.onInterrupt((level) => {
      if (level) serve();
    });
    return () => {
      this.#isrs.delete(serve);
      disconnect();
    };
  }

  /** KeInsertQueueDpc: false if it is in the queue already. */
  queueDpc(dpc: Dpc): boolean {
    if (this.#dpcs.some((queued) => queued.dpc === dpc)) return false;
    this.#dpcs.push({ dpc, driver: this.#driver });
    this.#settle();
    return true;
  }

  /** KeSetTimer: queues the DPC from the clock interrupt at that performance counter. Returns KeCancelTimer. */
  setTimer(performanceCounter: bigint, dpc: Dpc): () => void {
    const driver = this.#driver;
    return this.port.callAt(performanceCounter, () => {
      this.#interrupts++;
      try {
        this.as(driver, () => this.raise(DIRQL, () => this.queueDpc(dpc)));
      } finally {
        this.#interrupts--;
      }
    });
  }

  /** Makes a waiting thread ready to run. */
  ready(thread: () => void): void {
    const driver = this.#driver;
    this.#ready.push(() => this.as(driver, thread));
    this.#settle();
  }

  /**
   * Looks at `settled` until it is true, for at most `linkFrames` of device time (KeStallExecutionProcessor between the
   * looks). Under an interrupt no time can pass: then it looks once.
   */
  poll(settled: () => boolean, linkFrames: number): boolean {
    for (let frame = 0; ; frame++) {
      if (settled()) return true;
      if (frame >= linkFrames || this.#interrupts > 0) return false;
      this.port.stall(1);
    }
  }

  #settle(): void {
    if (this.#irql >= DISPATCH_LEVEL || this.#draining) return;
    this.#draining = true;
    try {
      this.#drain();
    } finally {
      this.#draining = false;
    }
  }

  #drain(): void {
    const before = this.#irql;
    try {
      for (;;) {
        const next = this.#dpcs.shift();
        if (next) {
          this.#irql = DISPATCH_LEVEL;
          this.as(next.driver, next.dpc);
          this.#irql = before;
          continue;
        }
        if (this.#calls > 0 || before !== PASSIVE_LEVEL) return;
        const thread = this.#ready.shift();
        if (!thread) return;
        this.#draining = false; // a thread is interrupted as any other
        this.#calls++;
        try {
          thread();
        } finally {
          this.#calls--;
          this.#draining = true;
        }
      }
    } finally {
      this.#irql = before;
    }
  }
}

/** A deferred procedure call: queued at most once at a time, runs at DISPATCH_LEVEL. */
export type Dpc = () => void;
