// What `codec routes` prints: for each pin the ways out and in, and what must be set along the shortest.

import { type CodecModel, type PinWays, type Step, type Way, waysOf } from '../entries/codec.ts';
import { describePin } from '../node/pin-words.ts';
import { pinName } from './pin-option.ts';

export function formatRoutes(model: CodecModel): string {
  const widgets = new Map(model.functionGroups.flatMap((group) => group.widgets.map((widget) => [widget.nid, widget])));
  const blocks = waysOf(model).map((pin) => {
    const configuration = widgets.get(pin.pin)?.configuration ?? 0;
    return [`pin ${pinName(pin.pin)}  ${describePin(configuration)}`, ...formatWays(pin)];
  });
  if (blocks.length === 0) blocks.push(['no pins']);
  return `${model.name}\n\n${blocks.map((lines) => `${lines.join('\n')}\n`).join('\n')}`;
}

function formatWays({ direction, eapd, ways }: PinWays): string[] {
  const [shortest, ...others] = ways;
  if (!shortest) return [`  ${direction.padEnd(3)}  no converter reaches it`];
  const last = shortest.steps.length - 1;
  const settings = shortest.steps.flatMap((step, index) => {
    const isPin = direction === 'out' ? index === last : index === 0;
    const words = settingsOf(
      step,
      isPin ? [direction === 'out' ? 'OUT enable' : 'IN enable', ...(eapd ? ['EAPD'] : [])] : [],
    );
    return words.length > 0 ? [`         ${pinName(step.nid)}  ${words.join(', ')}`] : [];
  });
  return [`  ${direction.padEnd(3)}  ${path(shortest)}`, ...settings, ...others.map((way) => `   or  ${path(way)}`)];
}

const path = ({ steps }: Way): string => steps.map(({ nid }) => pinName(nid)).join(' → ');

function settingsOf(step: Step, pin: readonly string[]): string[] {
  return [
    ...(step.power ? ['power D0'] : []),
    ...(step.select ? [`select input ${step.input}`] : []),
    ...(step.inputAmp >= 0 ? [`open input amp ${step.inputAmp}`] : []),
    ...(step.outputAmp ? ['open output amp'] : []),
    ...pin,
  ];
}
