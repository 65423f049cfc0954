import type { Statistics } from 'azalia';
import { find, say } from './make.ts';

const LINK_HZ = 24_000_000;
const TRANSPORTS: Record<Statistics['transport'], string> = {
  shared: 'shared memory',
  message: 'messages',
  scheduled: 'scheduled buffers',
};

const position = find('#position i');

/** The position every time, figures where they are to be read. */
export function showStatistics(statistics: Statistics, figures: boolean): void {
  const { streams, interrupts, underruns, latencySeconds, linkTicks, transport } = statistics;
  const stream = streams.find(({ running }) => running);
  const { linkPositionBytes = 0, cyclicBufferBytes = 0 } = stream ?? {};
  position.style.transform = `scaleX(${cyclicBufferBytes ? linkPositionBytes / cyclicBufferBytes : 0})`;
  if (!figures) return;
  say('#lpib', stream ? `${linkPositionBytes} of ${cyclicBufferBytes} B` : '–');
  say('#interrupts', interrupts.toLocaleString('en'));
  say('#underruns', underruns.toLocaleString('en'));
  say('#latency', `${(latencySeconds * 1000).toFixed(1)} ms`);
  say('#time', `${(linkTicks / LINK_HZ).toFixed(2)} s`);
  say('#transport', TRANSPORTS[transport]);
}

/** A line above everything; null takes it away. */
export function showNotice(text: string | null): void {
  const notice = find('#notice');
  notice.hidden = text === null;
  notice.textContent = text;
}
