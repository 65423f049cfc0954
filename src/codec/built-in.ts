// The codecs that come with Azalia, by name. A new one is a file in models/ and a line here.

import type { CodecModel } from './model.ts';
import { desktop } from './models/desktop.ts';
import { hdmi } from './models/hdmi.ts';
import { laptop } from './models/laptop.ts';
import { modem } from './models/modem.ts';

export const builtInCodecs: Readonly<Record<string, CodecModel>> = { desktop, laptop, hdmi, modem };
