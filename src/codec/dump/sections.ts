// The codecs of a text: each from its `Codec:` line to the next one, to what alsa-info puts behind it, or to text that
// belongs to no codec (hda-hardware §6.3).

import { CodecDumpError } from './dump-error.ts';

export interface DumpLine {
  /** Without blanks at either end. */
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

export interface Section {
  readonly name: string;
  readonly line: number;
  readonly lines: readonly DumpLine[];
}

/** The largest collection known is 7 MB; text beyond this is no codec dump. */
const LONGEST = 32 * 1024 * 1024;

const START = /^ ?Codec: ?(.*)$/;
const END = /^(!!|--endcollapse--|--startcollapse--)/;
/** Lines at the left margin that are part of a section. */
const HEADING =
  /^(Address|AFG Function Id|MFG Function Id|Function Id|Vendor Id|Subsystem Id|Revision Id|No Modem|Modem Function|Default |State of|GPIO|Node 0x|Power-Map|Analog Loopback|\[)/;

export function splitSections(text: string): Section[] {
  if (text.length > LONGEST) throw new CodecDumpError(0, `a text of ${text.length} characters is no codec dump`);
  const sections: (Section & { lines: DumpLine[] })[] = [];
  let open: (Section & { lines: DumpLine[] }) | null = null;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const start = START.exec(raw);
    if (start) {
      open = { name: (start[1] as string).trim(), line: index + 1, lines: [] };
      sections.push(open);
      continue;
    }
    const trimmed = raw.trim();
    if (!open || trimmed === '') continue;
    if (END.test(trimmed) || (/^\S/.test(raw) && !HEADING.test(raw))) open = null;
    else open.lines.push({ text: trimmed, number: index + 1 });
  }
  return sections;
}
