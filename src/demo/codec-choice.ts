// Which codec the machine is made with: the page's address names it, so another one is the page loaded anew.

import { builtInCodecs, type CodecSource } from 'azalia';
import { type CodecModel, parseCodecDump } from '../entries/codec.ts';
import { find, make } from './make.ts';

const DUMP = 'azalia codec dump';
const DROPPED = 'dump';

const named = () => new URLSearchParams(location.search).get('codec') ?? 'desktop';
const nameOf = (dump: string) => (parseCodecDump(dump) as [CodecModel])[0].name;

export function chosenCodec(): CodecSource {
  const dump = sessionStorage.getItem(DUMP);
  if (named() === DROPPED && dump) return { dump };
  return Object.hasOwn(builtInCodecs, named()) ? named() : 'desktop';
}

/** Fills the picker, with the dump that was dropped in the place of its own. */
export function showCodecs(): void {
  const choice = find<HTMLSelectElement>('#codec-choice');
  const dump = sessionStorage.getItem(DUMP);
  const names = Object.keys(builtInCodecs).filter((name) => name !== 'modem'); // it has no output
  const options = [...names.map((name) => [name, name] as const), ...(dump ? [[DROPPED, nameOf(dump)] as const] : [])];
  choice.append(...options.map(([value, text]) => make('option', { value, selected: value === named() }, text)));
  choice.addEventListener('change', () => load(choice.value));
}

/** Takes a dump as the codec. CodecDumpError where there is none in it; then nothing changes. */
export function takeDump(dump: string): void {
  nameOf(dump);
  sessionStorage.setItem(DUMP, dump);
  load(DROPPED);
}

function load(name: string): void {
  const url = new URL(location.href);
  url.searchParams.set('codec', name);
  location.assign(url);
}
