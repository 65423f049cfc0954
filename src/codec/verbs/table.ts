// Every standard verb (hda-hardware §5.5). A new verb is a row in the file of its concept.

import { amplifierVerbs } from './amplifiers.ts';
import { connectionVerbs } from './connections.ts';
import { converterVerbs } from './converters.ts';
import { displayVerbs } from './display.ts';
import { gpioVerbs } from './gpio.ts';
import { pinVerbs } from './pins.ts';
import { powerVerbs } from './power.ts';
import { processingVerbs } from './processing.ts';
import type { Verb } from './verb.ts';

export const VERBS: ReadonlyMap<number, Verb> = new Map(
  [
    ...connectionVerbs,
    ...amplifierVerbs,
    ...pinVerbs,
    ...converterVerbs,
    ...powerVerbs,
    ...processingVerbs,
    ...gpioVerbs,
    ...displayVerbs,
  ].map((verb) => [verb.id, verb]),
);
