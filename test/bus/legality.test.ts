// The table of §2.0 as a model: random calls in random states must give the status that it says, and what a refused or
// granted call does to a stream must be what it says: seen at the position register after every step.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PauseState, ResetState, RunState } from '../../src/ddi/hdaudio.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../../src/ddi/irql.ts';
import {
  STATUS_INVALID_HANDLE as HND,
  STATUS_SUCCESS as OK,
  STATUS_INVALID_PARAMETER as PAR,
  STATUS_INSUFFICIENT_RESOURCES as RES,
  statusName,
  STATUS_UNSUCCESSFUL as UNS,
} from '../../src/ddi/ntstatus.ts';
import {
  BDL_RULES,
  BYTES,
  type Ddi,
  type Engine,
  event,
  FRAME_BYTES,
  may,
  mayMove,
  nothing,
  type Rule,
  type Step,
  V3_RULES,
} from './legality-rules.ts';
import { BDL, CD_LIKE, query, startBus, V3 } from './support.ts';

const ENGINES = 4; // of a direction

interface World {
  readonly ddi: Ddi;
  readonly live: Engine[];
  /** Handles that FreeDmaEngine has ended, and one that never was. */
  readonly dead: number[];
}

/** A value out of `n` such as these, else a common one. */
const oneIn = <T>(n: number, rare: readonly T[], common: T) =>
  fc.oneof({ arbitrary: fc.constantFrom(...rare), weight: 1 }, { arbitrary: fc.constant(common), weight: n - 1 });

const steps = (rules: Record<string, Rule>) =>
  fc.array(
    fc.record<Step>({
      call: fc.oneof(
        { arbitrary: fc.constantFrom(...Object.keys(rules)), weight: 10 },
        { arbitrary: fc.constant('SetDmaEngineState'), weight: 10 },
        { arbitrary: fc.constant('advance'), weight: 3 },
        { arbitrary: fc.constantFrom('AllocateRenderDmaEngine', 'AllocateCaptureDmaEngine'), weight: 1 },
      ),
      irql: oneIn(10, [DISPATCH_LEVEL, DISPATCH_LEVEL + 1], PASSIVE_LEVEL),
      which: fc.nat(9),
      others: fc.oneof(
        { arbitrary: fc.constant([]), weight: 3 },
        { arbitrary: fc.array(fc.nat(9), { maxLength: 2 }), weight: 1 },
      ),
      state: oneIn(20, [3], null).chain((state) =>
        state === null ? fc.constantFrom(ResetState, PauseState, RunState) : fc.constant(state),
      ),
      count: fc.nat(1500),
      bad: oneIn(10, [true], false),
    }),
    { minLength: 100, maxLength: 200, size: 'max' },
  );

/** The engine of a number: mostly one that lives; a dead handle where it is 9, or nobody lives. */
function pick({ live, dead }: World, which: number): { engine?: Engine; handle: number } {
  const engine = which < 9 ? live[which % Math.max(1, live.length)] : undefined;
  return engine ? { engine, handle: engine.handle } : { handle: dead[which % dead.length] ?? 0 };
}

function allocate({ ddi, live }: World, direction: Engine['direction']): [expected: number, status: number] {
  const count = live.filter((engine) => engine.direction === direction).length;
  const { status, handle } =
    direction === 'render'
      ? ddi.AllocateRenderDmaEngine(ddi.Context, CD_LIKE, false)
      : ddi.AllocateCaptureDmaEngine(ddi.Context, 0, CD_LIKE);
  if (handle !== null)
    live.push({ handle, direction, state: 0, mdl: null, isSetUp: false, moved: 0, events: 0, callbacks: 0 });
  return [count < ENGINES ? OK : RES, status];
}

function move(world: World, step: Step): [expected: number, status: number] {
  const { ddi } = world;
  const picked = [step.which, ...step.others].map((which) => pick(world, which));
  const handles = picked.map(({ handle }) => handle);
  const count = step.bad ? 0 : handles.length;
  const status = ddi.SetDmaEngineState(ddi.Context, step.state as 0, count, handles);
  if (step.bad) return [PAR, status];
  const engines = picked.map(({ engine }) => engine).filter((engine) => engine !== undefined);
  if (engines.length < picked.length) return [HND, status];
  if (step.state === 3) return [PAR, status];
  const legal = engines.every((engine) => mayMove(engine, step.state));
  if (legal)
    for (const engine of engines) {
      engine.state = step.state as 0 | 1 | 2;
      if (step.state === ResetState) engine.moved = 0;
    }
  return [may(legal), status];
}

function one(world: World, rule: Rule, step: Step): [expected: number, status: number] {
  const { engine, handle } = pick(world, step.which);
  const expected = engine ? rule.says(engine, step) : HND;
  const result = rule.call(world.ddi, handle, step, engine);
  if (engine && expected === OK) rule.grants(engine, result);
  if (engine && expected === OK && step.call === 'FreeDmaEngine') {
    world.dead.push(handle);
    world.live.splice(world.live.indexOf(engine), 1);
  }
  return [expected, result.status];
}

/** The highest IRQL of what is no rule of one engine. */
const HIGHEST: Record<string, number> = { SetDmaEngineState: DISPATCH_LEVEL };

it.each([
  ['HDAUDIO_BUS_INTERFACE_V3', V3, V3_RULES, 'win10-19h1'],
  ['HDAUDIO_BUS_INTERFACE_BDL', BDL, BDL_RULES, 'winxp'],
] as const)(
  '§2.0 as a model: random calls of %s in random states give its statuses and leave its states',
  async (name, guid, rules, windows) => {
    const { bus, device, kernel } = await startBus({ windows });
    const freeAtStart = kernel.memory.freePages;
    const seen = new Map<string, number>();
    let calls = 0;
    const run = (world: World, step: Step) => {
      if (step.call === 'advance') {
        device.advance(step.count);
        for (const engine of world.live) if (engine.state === RunState) engine.moved += step.count;
        return;
      }
      const rule = rules[step.call];
      const isAllowed = step.irql <= (rule?.highest ?? HIGHEST[step.call] ?? PASSIVE_LEVEL);
      const direction = step.call === 'AllocateRenderDmaEngine' ? 'render' : 'capture';
      const call = (): [number, number] => {
        if (rule) return one(isAllowed ? world : refused(world), rule, step);
        if (step.call === 'SetDmaEngineState') return move(isAllowed ? world : refused(world), step);
        return allocate(isAllowed ? world : refused(world), direction);
      };
      const [says, status] = kernel.raise(step.irql, call);
      const expected = isAllowed ? says : UNS;
      expect([step.call, statusName(status)]).toEqual([step.call, statusName(expected)]);
      calls++;
      seen.set(`${step.call} ${statusName(status)}`, (seen.get(`${step.call} ${statusName(status)}`) ?? 0) + 1);
    };
    fc.assert(
      fc.property(steps(rules), (list) => {
        const ddi = query<Ddi>(bus, guid);
        const world: World = { ddi, live: [], dead: [0x7777] };
        for (const step of list) {
          run(world, step);
          for (const engine of world.live) {
            const position = ddi.GetLinkPositionRegister(ddi.Context, engine.handle).position?.value;
            expect(position).toBe((engine.moved * FRAME_BYTES) % BYTES);
          }
        }
        giveBack(world);
        ddi.InterfaceDereference(ddi.Context);
        expect(kernel.memory.freePages).toBe(freeAtStart);
      }),
      { numRuns: 300, seed: 20 },
    );
    process.stdout.write(
      `hdaudio-ddi §2.0: ${calls} random calls of ${name}, ${seen.size} pairs of routine and status seen\n`,
    );
    const missing = Object.keys(rules).filter((routine) => !seen.has(`${routine} STATUS_SUCCESS`));
    expect([missing, calls > 30_000]).toEqual([[], true]);
    expect(kernel.verifier.violations.filter(({ rule }) => !/IRQL .* too high/.test(rule))).toEqual([]);
  },
);

/** A copy for a call that must change nothing. */
const refused = (world: World): World => ({ ...world, live: world.live.map((e) => ({ ...e })), dead: [...world.dead] });

/** Whatever state the engines are in: Pause, Reset, free. */
function giveBack({ ddi, live }: World): void {
  for (const engine of live) {
    const { handle, mdl, events, callbacks } = engine;
    if (engine.state === RunState) expect(ddi.SetDmaEngineState(ddi.Context, PauseState, 1, [handle])).toBe(OK);
    expect(ddi.SetDmaEngineState(ddi.Context, ResetState, 1, [handle])).toBe(OK);
    if (mdl === 'block') expect(ddi.FreeContiguousDmaBuffer(ddi.Context, handle)).toBe(OK);
    else if (mdl) expect(ddi.FreeDmaBuffer(ddi.Context, handle)).toBe(OK);
    for (let n = 0; n < events; n++) ddi.UnregisterNotificationEvent(ddi.Context, handle, event);
    for (let n = 0; n < callbacks; n++) ddi.UnregisterNotificationCallback(ddi.Context, handle, nothing, null);
    expect(ddi.FreeDmaEngine(ddi.Context, handle)).toBe(OK);
  }
}
