import type { Statistics } from 'azalia';

const LINK_HZ = 24_000_000;
const TRANSPORTS: Record<Statistics['transport'], string> = { shared: 'shared memory', message: 'messages' };

const show = (id: string, text: string) => {
  const element = document.getElementById(id) as HTMLElement;
  if (element.textContent !== text) element.textContent = text;
};
const position = document.querySelector('#position i') as HTMLElement;

export function showStatistics({
  streams,
  interrupts,
  underruns,
  latencySeconds,
  linkTicks,
  transport,
}: Statistics): void {
  const stream = streams.find(({ running }) => running);
  const { linkPositionBytes = 0, cyclicBufferBytes = 0 } = stream ?? {};
  position.style.transform = `scaleX(${cyclicBufferBytes ? linkPositionBytes / cyclicBufferBytes : 0})`;
  show('lpib', stream ? `${linkPositionBytes} of ${cyclicBufferBytes} B` : '–');
  show('interrupts', interrupts.toLocaleString('en'));
  show('underruns', underruns.toLocaleString('en'));
  show('latency', `${(latencySeconds * 1000).toFixed(1)} ms`);
  show('time', `${(linkTicks / LINK_HZ).toFixed(2)} s`);
  show('transport', TRANSPORTS[transport]);
}

/** A line above everything; null takes it away. */
export function showNotice(text: string | null): void {
  const notice = document.getElementById('notice') as HTMLElement;
  notice.hidden = text === null;
  notice.textContent = text;
}
