// The table of §2.0 as a model: for each routine on one engine what the table says, the call itself, and what a granted
// call makes of the engine.

import type { HdAudioRoutines, INTERFACE } from '../../src/ddi/bus-interface.ts';
import { encodeBufferDescriptors, ResetState, RunState } from '../../src/ddi/hdaudio.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../../src/ddi/irql.ts';
import type { MDL } from '../../src/ddi/kernel.ts';
import {
  STATUS_INVALID_DEVICE_REQUEST as IDR,
  STATUS_SUCCESS as OK,
  STATUS_INVALID_PARAMETER as PAR,
} from '../../src/ddi/ntstatus.ts';
import { CD_LIKE } from './support.ts';

export type Ddi = INTERFACE & HdAudioRoutines;
export const FRAME_BYTES = 4;
export const BYTES = 4096;

/** What the model knows of an engine. */
export interface Engine {
  readonly handle: number;
  readonly direction: 'render' | 'capture';
  state: 0 | 1 | 2;
  mdl: MDL | 'block' | null;
  isSetUp: boolean;
  /** Link frames since Reset. */
  moved: number;
  events: number;
  callbacks: number;
}

export interface Step {
  readonly call: string;
  readonly irql: number;
  /** Which engine: of those that there are, freed ones included, or none. */
  readonly which: number;
  readonly others: readonly number[];
  readonly state: number;
  readonly count: number;
  readonly bad: boolean;
}

export const event = { signaled: false, set: () => {} };
const fdo = { reference: () => {}, dereference: () => {} };
export const nothing = () => {};

const isFresh = ({ state, mdl }: Engine) => state === ResetState && !mdl;
const isFreeable = ({ state, mdl }: Engine) => state === ResetState && mdl !== null;
export const may = (legal: boolean) => (legal ? OK : IDR);

/** §2.0: Reset and Run reach each other through Pause alone; without a set-up buffer there is only Reset. */
export const mayMove = ({ state, isSetUp }: Engine, to: number) =>
  to === ResetState ? state !== RunState : isSetUp && (to !== RunState || state !== ResetState);

/** A routine on one engine: what the table says, the call, and what a granted call makes of the engine. */
export interface Rule {
  readonly highest: number;
  says(engine: Engine, step: Step): number;
  call(
    ddi: Ddi,
    handle: number,
    step: Step,
    engine: Engine | undefined,
  ): { status: number; mdl?: MDL | 'block' | null };
  grants(engine: Engine, given: { mdl?: MDL | 'block' | null }): void;
}

const given = (engine: Engine, { mdl }: { mdl?: MDL | 'block' | null }) => {
  engine.mdl = mdl ?? null;
  engine.isSetUp = mdl !== 'block';
};
const taken = (engine: Engine) => Object.assign(engine, { mdl: null, isSetUp: false });
const bare = (status: number) => ({ status });

const COMMON: Record<string, Rule> = {
  ChangeBandwidthAllocation: {
    highest: PASSIVE_LEVEL,
    says: (engine) => may(isFresh(engine)),
    call: (d, h) => d.ChangeBandwidthAllocation(d.Context, h, CD_LIKE),
    grants: nothing,
  },
  FreeDmaEngine: {
    highest: DISPATCH_LEVEL,
    says: (engine) => may(isFresh(engine)),
    call: (d, h) => bare(d.FreeDmaEngine(d.Context, h)),
    grants: nothing, // the loop buries it
  },
  GetLinkPositionRegister: {
    highest: DISPATCH_LEVEL,
    says: () => OK,
    call: (d, h) => bare(d.GetLinkPositionRegister(d.Context, h).status),
    grants: nothing,
  },
};

export const V3_RULES: Record<string, Rule> = {
  ...COMMON,
  AllocateDmaBuffer: {
    highest: PASSIVE_LEVEL,
    says: (engine, { bad }) => (bad ? PAR : may(isFresh(engine))),
    call: (d, h, { bad }) => {
      const { status, bufferMdl } = d.AllocateDmaBuffer(d.Context, h, bad ? 0 : BYTES);
      return { status, mdl: bufferMdl };
    },
    grants: given,
  },
  AllocateDmaBufferWithNotification: {
    highest: PASSIVE_LEVEL,
    says: (engine, { bad }) => (bad ? PAR : may(isFresh(engine))),
    call: (d, h, { bad, count }) => {
      const notifications = bad ? (3 as 1) : count % 2 === 0 ? 1 : 2;
      const { status, bufferMdl } = d.AllocateDmaBufferWithNotification(d.Context, h, notifications, BYTES);
      return { status, mdl: bufferMdl };
    },
    grants: given,
  },
  FreeDmaBuffer: {
    highest: PASSIVE_LEVEL,
    says: (engine) => may(isFreeable(engine)),
    call: (d, h) => bare(d.FreeDmaBuffer(d.Context, h)),
    grants: taken,
  },
  FreeDmaBufferWithNotification: {
    highest: PASSIVE_LEVEL,
    says: (engine, { bad }) => (bad && engine.mdl ? PAR : may(isFreeable(engine))),
    call: (d, h, { bad }, engine) =>
      bare(d.FreeDmaBufferWithNotification(d.Context, h, (engine?.mdl ?? null) as MDL, bad ? BYTES - 1 : BYTES)),
    grants: taken,
  },
  RegisterNotificationEvent: {
    highest: PASSIVE_LEVEL,
    says: () => OK,
    call: (d, h) => bare(d.RegisterNotificationEvent(d.Context, h, event)),
    grants: (engine) => void engine.events++,
  },
  UnregisterNotificationEvent: {
    highest: PASSIVE_LEVEL,
    says: ({ events }) => (events > 0 ? OK : PAR),
    call: (d, h) => bare(d.UnregisterNotificationEvent(d.Context, h, event)),
    grants: (engine) => void engine.events--,
  },
  RegisterNotificationCallback: {
    highest: PASSIVE_LEVEL,
    says: () => OK,
    call: (d, h) => bare(d.RegisterNotificationCallback(d.Context, h, fdo, nothing, null)),
    grants: (engine) => void engine.callbacks++,
  },
  UnregisterNotificationCallback: {
    highest: PASSIVE_LEVEL,
    says: ({ callbacks }) => (callbacks > 0 ? OK : PAR),
    call: (d, h) => bare(d.UnregisterNotificationCallback(d.Context, h, nothing, null)),
    grants: (engine) => void engine.callbacks--,
  },
};

export const BDL_RULES: Record<string, Rule> = {
  ...COMMON,
  AllocateContiguousDmaBuffer: {
    highest: PASSIVE_LEVEL,
    says: (engine, { bad }) => (bad ? PAR : may(isFresh(engine))),
    call: (d, h, { bad }) => {
      const { status, dataBuffer, bdlBuffer } = d.AllocateContiguousDmaBuffer(d.Context, h, bad ? 0 : BYTES);
      const half = (n: number) => ({
        Address: (dataBuffer?.physicalAddress ?? 0) + (n * BYTES) / 2,
        Length: BYTES / 2,
        InterruptOnCompletion: false,
      });
      bdlBuffer?.write(0, encodeBufferDescriptors([half(0), half(1)]));
      return { status, mdl: 'block' };
    },
    grants: given,
  },
  SetupDmaEngineWithBdl: {
    highest: PASSIVE_LEVEL,
    says: (engine, { bad }) => (bad ? PAR : may(isFreeable(engine))),
    call: (d, h, { bad }) => d.SetupDmaEngineWithBdl(d.Context, h, BYTES, bad ? 0 : 1, nothing, null),
    grants: (engine) => void Object.assign(engine, { isSetUp: true }),
  },
  FreeContiguousDmaBuffer: {
    highest: PASSIVE_LEVEL,
    says: (engine) => may(isFreeable(engine)),
    call: (d, h) => bare(d.FreeContiguousDmaBuffer(d.Context, h)),
    grants: taken,
  },
};
