// What is inside the card, live: the view that is shown is looked after, the others rest.

import type { HdAudio } from 'azalia/v86';
import { type DeviceEvent, inspect } from '../entries/machine.ts';
import { LogPanel } from './log-panel.ts';
import { find, say } from './make.ts';
import { PcGraph } from './pc-graph.ts';
import { RegisterPanel } from './register-panel.ts';
import { StreamPanel } from './stream-panel.ts';
import { Tabs } from './tabs.ts';

const LOOK_MILLISECONDS = 100;
const LINK_HZ = 24_000_000;

export function startTools(card: HdAudio): void {
  const { machine } = card;
  const codec = machine.codecs.find((each) => each !== null);
  const graph = codec && new PcGraph(codec);
  const registers = new RegisterPanel(find('#registers'));
  const streams = new StreamPanel(find('#rings'), find('#no-streams'));
  const log = new LogPanel();
  let events: DeviceEvent[] = [];

  const look = () => {
    if (document.hidden) return;
    showStatistics(card);
    if (tabs.shown === 'view-codec') graph?.show();
    if (tabs.shown === 'view-log') {
      log.take(events);
      log.show();
      events = [];
    }
    if (tabs.shown !== 'view-registers' && tabs.shown !== 'view-streams') return;
    const seen = inspect(machine);
    if (tabs.shown === 'view-registers') return registers.show(seen.registers);
    streams.show(seen.streams, seen.registers);
    streams.turn(seen.streams.filter(({ direction }) => direction === 'output'));
  };
  const tabs = new Tabs(find('[role=tablist]'), () => {
    const note = (event: DeviceEvent) => {
      if (event.kind !== 'read' && event.kind !== 'write') events.push(event);
    };
    machine.record(tabs.shown === 'view-log' ? note : null); // it costs something
    look();
  });
  setInterval(look, LOOK_MILLISECONDS);
  look();
}

function showStatistics(card: HdAudio): void {
  const { accesses, underruns, driftPpm, diagnostics } = card.statistics();
  say('#time', `${(Number(card.machine.linkTicks) / LINK_HZ).toFixed(1)} s`);
  say('#accesses', accesses.toLocaleString('en'));
  say('#descriptors', (diagnostics.descriptors ?? 0).toLocaleString('en'));
  say('#underruns', underruns.toLocaleString('en'));
  say('#drift', `${driftPpm < 0 ? '−' : '+'}${Math.abs(driftPpm).toFixed(0)} ppm`);
}
