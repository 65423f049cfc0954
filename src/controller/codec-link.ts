// The link as the controller sees it: who is there, what they answer, what they send unasked (hda-hardware §3.1, §3.3).

import { STATESTS } from '../hda/registers.ts';
import { DISCOVERY_FRAMES, TICKS_PER_FRAME } from '../hda/timing.ts';
import { commandAddress } from '../hda/verbs.ts';
import type { LinkCodec } from '../link/codec.ts';
import type { ControllerCounters } from './diagnostics.ts';
import type { Recorder } from './record.ts';
import type { RegisterFile } from './register-file.ts';

/** SDI lines: addresses 0…14; 15 is nobody's (§3.2). */
export const CODEC_ADDRESSES = 15;

/** Responses that a codec may have waiting; what exceeds them is dropped and counted. */
const WAITING_MOST = 16;

const COMMAND_MASK = 0x0fffffff;
const NEVER = -1;

export interface Clock {
  readonly linkTicks: bigint;
  /** Low 32 bits of linkTicks. */
  readonly ticksLow: number;
}

interface Line {
  readonly codec: LinkCodec;
  /** It has its address: commands reach it. */
  enumerated: boolean;
  /** It has had a command since the link came up; unsolicited responses wait for that (§3.1, §5.13). */
  addressed: boolean;
  waiting: number[];
}

export interface LinkState {
  readonly up: boolean;
  readonly enumerationAt: number;
  readonly responsesAt: number;
  readonly lines: readonly (Omit<Line, 'codec'> | null)[];
}

export class CodecLink {
  readonly #registers: RegisterFile;
  readonly #counters: ControllerCounters;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #lines: (Line | null)[] = [];
  #up = false;
  /** Low 32 bits of the tick of the next event, or NEVER. Both lie less than 2^32 ticks ahead. */
  #enumerationAt = NEVER;
  #responsesAt = NEVER;

  constructor(
    registers: RegisterFile,
    codecs: readonly (LinkCodec | null)[],
    clock: Clock,
    counters: ControllerCounters,
    recorder: Recorder,
  ) {
    this.#registers = registers;
    this.#counters = counters;
    this.#recorder = recorder;
    this.#clock = clock;
    for (const codec of codecs) {
      this.#lines.push(codec && { codec, enumerated: false, addressed: false, waiting: [] });
    }
  }

  /** CRST fell: RESET# is asserted; addresses are lost, what a codec has not sent waits. */
  down(): void {
    this.#up = false;
    this.#enumerationAt = NEVER;
    this.#responsesAt = NEVER;
    for (const line of this.#lines) {
      if (!line) continue;
      line.enumerated = false;
      line.addressed = false;
    }
  }

  /** CRST rose: the codecs ask for their addresses and have them 25 frames later (§3.1 step 5). */
  up(): void {
    this.#up = true;
    this.#enumerationAt = (this.#clock.ticksLow + DISCOVERY_FRAMES * TICKS_PER_FRAME) >>> 0;
    for (const line of this.#lines) line?.codec.linkReset();
  }

  /** Sends a command word; null when nobody answers: no codec there, or none that has its address yet. */
  command(word: number): number | null {
    const codec = commandAddress(word);
    const line = this.#lines[codec];
    let response: number | null = null;
    if (line?.enumerated) {
      response = line.codec.command(word & COMMAND_MASK);
      if (response === null) this.#counters.unansweredCommands++;
      else response >>>= 0;
      if (!line.addressed) {
        line.addressed = true;
        if (line.waiting.length > 0) this.#scheduleResponses();
      }
    } else this.#counters.unansweredCommands++;
    if (this.#recorder.on) this.#recorder.emit({ kind: 'verb', codec, command: word, response });
    return response;
  }

  /** A codec has something to say: at the next frame while the link is up, after its first command once it is down. */
  unsolicited(address: number, response: number): void {
    const line = this.#lines[address];
    if (!line) return;
    if (line.waiting.length === WAITING_MOST) this.#drop(address, response);
    else line.waiting.push(response >>> 0);
    if (!this.#up) this.wake(address);
    else if (line.addressed) this.#scheduleResponses();
  }

  /** The codec drives its SDI line high while the link sleeps (§3.1). */
  wake(address: number): void {
    if (this.#up || !this.#lines[address]) return;
    this.#registers.set16(STATESTS, this.#registers.get16(STATESTS) | (1 << address));
    if (this.#recorder.on) this.#recorder.emit({ kind: 'codec', codec: address, event: 'wake' });
  }

  #drop(codec: number, response: number): void {
    this.#counters.unsolicitedDropped++;
    if (this.#recorder.on) this.#recorder.emit({ kind: 'unsolicited', codec, response, delivered: false });
  }

  #scheduleResponses(): void {
    if (this.#responsesAt !== NEVER) return;
    const intoFrame = Number(this.#clock.linkTicks % BigInt(TICKS_PER_FRAME));
    this.#responsesAt = (this.#clock.ticksLow + TICKS_PER_FRAME - intoFrame) >>> 0;
  }

  /** Ticks until something happens on the link by itself; Infinity when nothing will. */
  ticksToEvent(): number {
    const now = this.#clock.ticksLow;
    const enumeration = this.#enumerationAt === NEVER ? Infinity : (this.#enumerationAt - now) >>> 0;
    const responses = this.#responsesAt === NEVER ? Infinity : (this.#responsesAt - now) >>> 0;
    return Math.min(enumeration, responses);
  }

  /** Does what is due now. Responses go to `deliver`, at most one of each codec a frame (§3.3); true if any was due. */
  run(deliver: (response: number, codec: number) => boolean): boolean {
    const now = this.#clock.ticksLow;
    if (this.#enumerationAt === now) this.#enumerate();
    if (this.#responsesAt !== now) return false;
    this.#responsesAt = NEVER;
    let more = false;
    for (let address = 0; address < this.#lines.length; address++) {
      const line = this.#lines[address];
      if (!line?.addressed) continue;
      const response = line.waiting.shift();
      if (response === undefined) continue;
      if (!deliver(response, address)) this.#drop(address, response);
      else if (this.#recorder.on) {
        this.#recorder.emit({ kind: 'unsolicited', codec: address, response, delivered: true });
      }
      more ||= line.waiting.length > 0;
    }
    if (more) this.#scheduleResponses();
    return !more;
  }

  /** Everything that a restored link needs to go on, as plain data. */
  get state(): LinkState {
    return {
      up: this.#up,
      enumerationAt: this.#enumerationAt,
      responsesAt: this.#responsesAt,
      lines: this.#lines.map((line) => {
        if (!line) return null;
        const { enumerated, addressed, waiting } = line;
        return { enumerated, addressed, waiting: [...waiting] };
      }),
    };
  }

  set state(state: LinkState) {
    this.#up = state.up;
    this.#enumerationAt = state.enumerationAt;
    this.#responsesAt = state.responsesAt;
    state.lines.forEach((saved, address) => {
      const line = this.#lines[address];
      if (line && saved) Object.assign(line, saved, { waiting: [...saved.waiting] });
    });
  }

  #enumerate(): void {
    this.#enumerationAt = NEVER;
    for (let address = 0; address < this.#lines.length; address++) {
      const line = this.#lines[address];
      if (!line) continue;
      line.enumerated = true;
      this.#registers.set16(STATESTS, this.#registers.get16(STATESTS) | (1 << address));
      if (this.#recorder.on) this.#recorder.emit({ kind: 'codec', codec: address, event: 'enumerated' });
    }
  }
}
