// One line of set-up: a codec, the host that it signals to, and verbs by name.

import { builtInCodecs, Codec, type CodecModel } from '../../src/codec/index.ts';
import {
  AMP_GET_LEFT,
  AMP_GET_OUTPUT,
  AMP_INDEX_SHIFT,
  AMP_SET_INPUT,
  AMP_SET_LEFT,
  AMP_SET_OUTPUT,
  AMP_SET_RIGHT,
  command8,
  command16,
  VERB_GET_AMP_GAIN_MUTE,
  VERB_GET_PARAMETER,
  VERB_SET_AMP_GAIN_MUTE,
} from '../../src/hda/verbs.ts';

export class Bench {
  readonly codec: Codec;
  readonly unsolicited: number[] = [];
  wakes = 0;
  routesChanged = 0;
  gainsChanged = 0;

  constructor(model: CodecModel, outputRateHz: number | 'stream' = 48000) {
    this.codec = new Codec(model, { outputRateHz });
    this.codec.attach({
      unsolicited: (response) => this.unsolicited.push(response),
      wake: () => this.wakes++,
      routesChanged: () => this.routesChanged++,
      gainsChanged: () => this.gainsChanged++,
    });
    this.codec.linkReset();
  }

  /** A verb with 8 bits of payload, or with 16 if its id has one digit; 0 where there is no answer. */
  verb(nid: number, id: number, payload = 0): number {
    return this.ask(nid, id, payload) ?? 0;
  }

  /** Null: no answer. */
  ask(nid: number, id: number, payload = 0): number | null {
    return this.codec.command(id < 0x10 ? command16(0, nid, id, payload) : command8(0, nid, id, payload));
  }

  parameter(nid: number, id: number): number {
    return this.verb(nid, VERB_GET_PARAMETER, id);
  }

  /** Both sides of an amp. */
  setAmp(nid: number, direction: 'in' | 'out', value: number, index = 0): void {
    const which = (direction === 'out' ? AMP_SET_OUTPUT : AMP_SET_INPUT) | AMP_SET_LEFT | AMP_SET_RIGHT;
    this.verb(nid, VERB_SET_AMP_GAIN_MUTE, which | (index << AMP_INDEX_SHIFT) | value);
  }

  amp(nid: number, direction: 'in' | 'out', side: 'left' | 'right', index = 0): number {
    const which = (direction === 'out' ? AMP_GET_OUTPUT : 0) | (side === 'left' ? AMP_GET_LEFT : 0);
    return this.verb(nid, VERB_GET_AMP_GAIN_MUTE, which | index);
  }
}

export function bench(model: CodecModel | string = 'desktop', outputRateHz: number | 'stream' = 48000): Bench {
  const found = typeof model === 'string' ? builtInCodecs[model] : model;
  if (!found) throw new RangeError(`no built-in codec ${model}`);
  return new Bench(found, outputRateHz);
}
