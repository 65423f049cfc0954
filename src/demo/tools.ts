// What is inside the machine, live: levels always, the view that is shown, and the log; the other views rest.

import type { Azalia, Interruption, Observation, Statistics } from 'azalia';
import { BenchPanel } from './bench-panel.ts';
import { ConsolePanel } from './console-panel.ts';
import { GraphPanel } from './graph-panel.ts';
import { LogPanel } from './log-panel.ts';
import { find, hex } from './make.ts';
import { RegisterPanel } from './register-panel.ts';
import { StreamPanel } from './stream-panel.ts';
import { Tabs } from './tabs.ts';

const LOOK_MILLISECONDS = 50;
const INTERRUPTIONS: Readonly<Record<Interruption['cause'], (detail: Interruption) => string>> = {
  context: ({ state }) => `the AudioContext is ${state}`,
  device: () => 'audio devices came, went or were changed',
  tab: ({ hidden }) => `the tab is ${hidden ? 'hidden' : 'shown'}`,
};

/** Calls `onLevels` with what sounds at each output pin; returns what is to be called with every frame. */
export function startTools(
  azalia: Azalia,
  onLevels: (levels: Observation['levels']) => void,
  onError: (error: unknown) => void,
): (statistics: Statistics) => void {
  const graph = new GraphPanel(azalia, onError);
  const registers = new RegisterPanel(find('#registers'));
  const streams = new StreamPanel(find('#rings'), find('#no-streams'));
  const log = new LogPanel();
  azalia.addEventListener('underrun', ({ detail }) => log.note(`${detail.underruns} underruns`));
  azalia.addEventListener('interruption', ({ detail }) => log.note(INTERRUPTIONS[detail.cause](detail)));
  azalia.addEventListener('debug', ({ detail }) => log.note(detail.line));
  new ConsolePanel(find('#verb-console'), (line) => sendVerb(azalia, line));
  new ConsolePanel(find('#kd-console'), async (line) => (await azalia.kd(line)).join('\n'));
  new BenchPanel(onError);

  let open = true;
  azalia.addEventListener('close', () => {
    open = false;
  });
  const look = async () => {
    const { levels, log: events, registers: bytes, streams: seen } = await azalia.inspect();
    onLevels(levels);
    log.take(events);
    if (tabs.shown === 'view-codec') await graph.show(levels);
    if (tabs.shown === 'view-registers') registers.show(bytes);
    if (tabs.shown === 'view-streams') streams.show(seen, bytes);
    if (tabs.shown === 'view-log') log.show();
  };
  let looking = false;
  const tabs = new Tabs(find('[role=tablist]'), () => void again());
  const again = async () => {
    if (looking || !open || document.hidden) return;
    looking = true;
    await look().catch(onError);
    looking = false;
  };
  setInterval(again, LOOK_MILLISECONDS);
  void again();
  return (statistics) => {
    if (tabs.shown === 'view-streams') streams.turn(statistics.streams);
  };
}

async function sendVerb(azalia: Azalia, line: string): Promise<string> {
  const words = line.split(/[\s,]+/);
  const numbers = words.map((word) =>
    /^(0x)?[\da-f]+h?$/i.test(word) ? Number.parseInt(word.replace(/^0x/i, ''), 16) : Number.NaN,
  );
  const [nid = Number.NaN, verb = Number.NaN, parameter = 0] = numbers;
  if (numbers.length < 2 || numbers.length > 3 || numbers.some(Number.isNaN))
    return 'NID, verb and parameter, in hex: 14 F00 9';
  const response = await azalia.codec.verb(nid, verb, parameter);
  return response === null ? 'no valid response' : hex(response, 8);
}
