// The controller: register accesses to the parts that own their effects, and time (hda-hardware §2).

import {
  CORBCTL,
  CORBRP,
  CORBSIZE,
  CORBWP,
  GCTL,
  GCTL_UNSOL,
  ICIS,
  ICIS_ICB,
  INTSTS,
  RIRBSIZE,
  RIRBWP,
  RIRBWP_RST,
  SSYNC_ICH6,
  STATESTS,
  WALCLK,
} from '../hda/registers.ts';
import { TICKS_PER_FRAME } from '../hda/timing.ts';
import type { LinkCodec } from '../link/codec.ts';
import type { InterruptPort, RegisterPort } from '../port/device-port.ts';
import { HOLE, locate, sameDword } from './address-map.ts';
import { CodecLink, type LinkState } from './codec-link.ts';
import { Corb } from './corb.ts';
import type { Core } from './core.ts';
import { ControllerCounters } from './diagnostics.ts';
import { DmaPort } from './dma-port.ts';
import { GlobalControl } from './global.ts';
import { sendImmediate } from './immediate.ts';
import { Interrupts } from './interrupts.ts';
import { checkAccess, REGISTER_PAGE_BYTES, type RingEntries, type StreamCounts } from './options.ts';
import { PciConfiguration, type PciIdentity } from './pci.ts';
import { Recorder } from './record.ts';
import { RegisterFile, registerRows } from './register-file.ts';
import { Rirb } from './rirb.ts';
import { StreamObserver } from './stream-observer.ts';
import { Streams } from './streams.ts';
import { WakeLine } from './wake-line.ts';

export interface ControllerOptions {
  readonly streams: StreamCounts;
  readonly identity: PciIdentity;
  /** Sizes that CORBSIZE and RIRBSIZE offer; with one alone the field is read-only (§2.2). */
  readonly ringEntries: readonly RingEntries[];
}

export interface ControllerState {
  readonly pci: readonly number[];
  readonly link: LinkState;
  readonly responses: number;
  readonly wallClockStart: number;
  readonly counters: Readonly<Record<string, number>>;
}

const ALL_ONES = 0xffffffff;

export class Controller implements RegisterPort, InterruptPort {
  readonly pci: PciConfiguration;
  readonly counters = new ControllerCounters();
  readonly recorder: Recorder;
  readonly link: CodecLink;
  readonly #core: Core;
  readonly #registers: RegisterFile;
  readonly #dma: DmaPort;
  readonly #global: GlobalControl;
  readonly #interrupts: Interrupts;
  readonly #streams: Streams;
  readonly #wakeLine: WakeLine;
  readonly #observer: StreamObserver;
  readonly #rirb: Rirb;
  readonly #corb: Corb;
  readonly #deliver: (response: number, codec: number) => boolean;
  /** Effects of a write are under way: the line is told of them all at once. */
  #writing = false;

  constructor(core: Core, codecs: readonly (LinkCodec | null)[], options: ControllerOptions) {
    this.#core = core;
    this.recorder = new Recorder(() => core.linkTicks);
    const registers = new RegisterFile(core.registers, registerRows(options.streams, options.ringEntries));
    const dma = new DmaPort(core.memory);
    const { counters, recorder } = this;
    this.#registers = registers;
    this.#dma = dma;
    this.link = new CodecLink(registers, codecs, core, counters, recorder);
    this.#global = new GlobalControl(registers, core, {
      enterReset: () => this.#enterReset(),
      leaveReset: () => this.link.up(),
    });
    this.#rirb = new Rirb(registers, dma, counters);
    this.#corb = new Corb(registers, dma, this.link, this.#rirb, counters);
    this.#streams = new Streams(registers, core, dma, options.streams, recorder);
    this.#observer = new StreamObserver(core, registers, this.#streams.count, recorder);
    this.#interrupts = new Interrupts(registers, this.#streams.count);
    this.pci = new PciConfiguration(
      options.identity,
      () => this.#interrupts.asserted(),
      (from) => this.#pciWritten(from),
    );
    this.#wakeLine = new WakeLine(() => !this.pci.awake && this.#interrupts.wakes());
    this.#deliver = (response, codec) => {
      if ((registers.get32(GCTL) & GCTL_UNSOL) === 0) return false; // §3.3: taken only with UNSOL set
      this.#rirb.store(response, codec, true);
      return true;
    };
  }

  get interrupt(): boolean {
    return this.#interrupts.level;
  }

  onInterrupt(listener: (level: boolean) => void): () => void {
    return this.#interrupts.onChange(listener);
  }

  onWake(listener: () => void): () => void {
    return this.#wakeLine.onRise(listener);
  }

  /** True while an interrupt listener runs: time must not pass then. */
  get interrupting(): boolean {
    return this.#interrupts.telling;
  }

  /** Reads any width at any alignment. Holes are 0; all ones beyond the BAR or while PCICMD disables memory (§2.6). */
  read(offset: number, bytes: 1 | 2 | 4): number {
    checkAccess(offset, bytes);
    let value = 0;
    if (!this.pci.memoryEnabled) value = ALL_ONES >>> (32 - 8 * bytes);
    else if ((offset & 3) + bytes <= 4) value = this.#readWithin(offset, bytes);
    else for (let lane = 0; lane < bytes; lane++) value |= this.#readWithin(offset + lane, 1) << (8 * lane);
    value >>>= 0;
    if (this.recorder.on) this.#recordAccess('read', offset, bytes, value);
    return value;
  }

  /** Bytes of one dword; what is computed is computed now. */
  #readWithin(offset: number, bytes: 1 | 2 | 4): number {
    const at = locate(offset, this.#streams);
    if (at < 0) return at === HOLE ? 0 : ALL_ONES >>> (32 - 8 * bytes);
    const registers = this.#registers;
    if (sameDword(at, INTSTS)) registers.set32(INTSTS, this.#interrupts.status());
    else if (sameDword(at, WALCLK)) registers.set32(WALCLK, this.#global.wallClock);
    return bytes === 4 ? registers.get32(at) : bytes === 2 ? registers.get16(at) : registers.get8(at);
  }

  /**
   * Writes any width at any alignment. All lanes are stored first, each by its own bits; then each lane's effect
   * happens, in ascending order, so two byte writes in either order end as the 16-bit write does.
   */
  write(offset: number, bytes: 1 | 2 | 4, value: number): void {
    checkAccess(offset, bytes);
    if (this.recorder.on) this.#recordAccess('write', offset, bytes, value >>> 0);
    if (!this.pci.memoryEnabled || offset >= REGISTER_PAGE_BYTES) return;
    let stored = 0;
    let olds = 0;
    let refused: 'writesInReset' | 'writesUnderRun' | 'writesInStreamReset' | null = null;
    for (let lane = 0; lane < bytes && offset + lane < REGISTER_PAGE_BYTES; lane++) {
      const at = locate(offset + lane, this.#streams);
      const refusal = this.#refusal(at);
      if (refusal !== null) {
        refused = refusal;
        continue;
      }
      olds |= this.#registers.merge(at, (value >>> (8 * lane)) & 0xff) << (8 * lane);
      stored |= 1 << lane;
    }
    if (refused !== null) this.counters[refused]++;
    this.#writing = true;
    try {
      for (let lane = 0; lane < bytes; lane++) {
        if (((stored >>> lane) & 1) === 0) continue;
        this.#written(
          locate(offset + lane, this.#streams),
          (olds >>> (8 * lane)) & 0xff,
          (value >>> (8 * lane)) & 0xff,
        );
      }
    } finally {
      this.#writing = false;
    }
    this.#updateLine();
  }

  /** In reset only GCTL, WAKEEN and STATESTS take a write (§2.6). */
  #refusal(at: number): 'writesInReset' | 'writesUnderRun' | 'writesInStreamReset' | null {
    if (this.#global.inReset) return at >= GCTL && at < STATESTS + 2 ? null : 'writesInReset';
    const n = this.#streams.streamAt(at);
    return n < 0 ? null : this.#streams.refusal(n, at);
  }

  /** What a byte sets off once it is stored. */
  #written(at: number, old: number, data: number): void {
    const registers = this.#registers;
    switch (at) {
      case GCTL:
        this.#global.written(old);
        break;
      case GCTL + 1:
        this.#global.upperWritten();
        break;
      case CORBWP:
      case CORBCTL:
        this.#corb.run();
        break;
      case CORBRP + 1:
        this.#corb.resetPointerWritten();
        break;
      case CORBSIZE:
      case RIRBSIZE:
        // A size that the capability bits do not name is not taken (H14).
        if ((registers.get8(at) & (0x10 << (data & 3)) & 0x70) === 0) registers.set8(at, old);
        break;
      case RIRBWP + 1:
        if ((data & (RIRBWP_RST >>> 8)) !== 0) this.#rirb.resetPointer();
        break;
      case ICIS:
        if ((data & ICIS_ICB) !== 0) sendImmediate(registers, this.link);
        break;
      default:
        if (sameDword(at, SSYNC_ICH6)) this.#streams.followAll();
        else if (this.#streams.streamAt(at) >= 0) this.#streams.written(this.#streams.streamAt(at), at);
    }
  }

  #enterReset(): void {
    this.#registers.reset();
    this.#core.reset();
    this.#streams.reset();
    this.#rirb.reset();
    this.link.down();
  }

  #pciWritten(from: 'D0' | 'D3'): void {
    this.#dma.enabled = this.pci.busMaster;
    if (from === 'D3' && this.pci.awake && !this.#global.inReset) this.#enterReset(); // D3hot forgets (PMCS, no soft reset bit)
    this.#streams.followAll();
    this.#corb.run();
    this.#updateLine();
    this.#wakeLine.update();
  }

  #updateLine(): void {
    const level = this.pci.intxEnabled && this.#interrupts.asserted();
    if (level === this.#interrupts.level) return;
    if (this.recorder.on) this.recorder.emit({ kind: 'interrupt', level });
    this.#interrupts.setLevel(level);
  }

  /**
   * Time is about to pass: how many of these ticks may, before the controller has something to do by itself. While the
   * record is on, no more than to the next link frame.
   */
  ticksToPass(ticks: number): number {
    const most = Math.min(ticks, this.link.ticksToEvent());
    if (!this.recorder.on) return most;
    this.#observer.note();
    return Math.min(most, TICKS_PER_FRAME - Number(this.#core.linkTicks % BigInt(TICKS_PER_FRAME)));
  }

  /** Time has passed to the next stop: does what is due at this tick, then raises or drops the line. */
  settle(): void {
    if (this.recorder.on) this.#observer.report();
    if (this.link.run(this.#deliver)) this.#rirb.drained();
    this.#streams.followAll();
    this.#updateLine();
  }

  /** Something changed, a codec's signal or a restored state: the line follows, at the end of the write that did it. */
  update(): void {
    if (this.#writing) return;
    this.#updateLine();
    this.#wakeLine.update();
  }

  /** What the register image does not say, as plain data. */
  get state(): ControllerState {
    return {
      pci: [...this.pci.image],
      link: this.link.state,
      responses: this.#rirb.pending,
      wallClockStart: this.#global.wallClockStart,
      counters: { ...this.counters },
    };
  }

  /** Takes over a restored core and `state`; update() ends it. */
  restore(state: ControllerState): void {
    this.pci.image.set(state.pci);
    this.#dma.enabled = this.pci.busMaster;
    this.link.state = state.link;
    this.#rirb.pending = state.responses;
    this.#global.wallClockStart = state.wallClockStart;
    Object.assign(this.counters, state.counters);
    this.#streams.restore();
  }

  #recordAccess(kind: 'read' | 'write', offset: number, bytes: number, value: number): void {
    const at = locate(offset, this.#streams);
    const register = at < 0 ? null : this.#registers.nameAt(at);
    this.recorder.emit({ kind, offset, bytes, value, register });
  }
}
