// Connection lists as the link carries them: four 8-bit entries or two 16-bit entries a response (hda-hardware §5.4).

import { CONNECTION_LONG_FORM } from '../hda/parameters.ts';
import { CONNECTION_RANGE } from './model.ts';

export interface ConnectionList {
  /** Parameter 0Eh: entries, bit 7 long form. */
  readonly length: number;
  /** Responses of F02h, one for each group of entries. */
  readonly words: readonly number[];
  /** Entries in one response. */
  readonly entriesPerWord: number;
  /** The nodes that it names, or that the codec is wired to without naming them (hda/unlisted-connections.ts). */
  readonly nids: readonly number[];
}

const LONGEST = 0x7f;
const NID = CONNECTION_RANGE - 1;

export function encodeConnectionList(connections: readonly number[]): ConnectionList {
  const entries = connections.slice(0, LONGEST);
  const longForm = entries.some((entry) => (entry & NID) > 0x7f);
  const bits = longForm ? 16 : 8;
  const entriesPerWord = 32 / bits;
  const words = new Array<number>(Math.ceil(entries.length / entriesPerWord)).fill(0);
  for (const [index, entry] of entries.entries()) {
    const range = (entry & CONNECTION_RANGE) !== 0 ? 1 << (bits - 1) : 0;
    const word = Math.floor(index / entriesPerWord);
    words[word] = ((words[word] as number) | (((entry & NID) | range) << (bits * (index % entriesPerWord)))) >>> 0;
  }
  const length = entries.length | (longForm ? CONNECTION_LONG_FORM : 0);
  return { length, words, entriesPerWord, nids: expandConnections(entries) };
}

/** Entries out of F02h responses, with CONNECTION_RANGE where the form's top bit stood. */
export function decodeConnections(length: number, word: (index: number) => number): number[] {
  const bits = (length & CONNECTION_LONG_FORM) !== 0 ? 16 : 8;
  const top = 1 << (bits - 1);
  return Array.from({ length: length & LONGEST }, (_, index) => {
    const entriesPerWord = 32 / bits;
    const entry = word(index - (index % entriesPerWord)) >>> (bits * (index % entriesPerWord));
    return (entry & (top - 1)) | ((entry & top) !== 0 ? CONNECTION_RANGE : 0);
  });
}

/** The nodes that entries name. A range without a predecessor, or not above it, ends the list, as drivers take it. */
export function expandConnections(entries: readonly number[]): number[] {
  const nids: number[] = [];
  for (const entry of entries) {
    const nid = entry & NID;
    if ((entry & CONNECTION_RANGE) === 0) nids.push(nid);
    else {
      const from = nids.at(-1);
      if (from === undefined || from >= nid || nids.length + nid - from > 0xff) break;
      for (let between = from + 1; between <= nid; between++) nids.push(between);
    }
  }
  return nids;
}
