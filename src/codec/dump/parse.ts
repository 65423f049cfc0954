// From the text that Linux prints at /proc/asound/cardN/codec#M, of any age, to codecs as data (hda-hardware §6).

import type { CodecModel } from '../model.ts';
import { type Draft, newDraft, type WidgetDraft } from './draft.ts';
import { CodecDumpError } from './dump-error.ts';
import { HEADER_LINES, IGNORED, SHARED_LINES, WIDGET_LINES } from './line-table.ts';
import { modelOfDraft } from './model-of-draft.ts';
import { ampValues, connectionEntries } from './numbers.ts';
import { type DumpLine, type Section, splitSections } from './sections.ts';

const LONGEST_LIST = 127;
const NODE = /^Node (0x[0-9a-f]{1,2}) \[.*?\] wcaps (0x[0-9a-f]{1,8}):/i;
const AMP_VALUES = /^Amp-(In|Out) vals:(.*)$/;
const CONNECTION = /^Connection: (-?\d+)$/;

/**
 * Every codec of a text in order: one or several, as ALSA prints them or wrapped by alsa-info, CRLF or LF.
 * A text that was cut off gives what is there. A codec whose header names no function group has nothing that a driver
 * could find; it is left out beside others.
 * Errors: CodecDumpError with the line, for a line that cannot be read and for a text without a codec.
 */
export function parseCodecDump(text: string): CodecModel[] {
  const sections = splitSections(text);
  if (sections.length === 0) throw new CodecDumpError(0, 'no codec in it: no line begins with «Codec:»');
  const lastLine = sections.at(-1)?.lines.at(-1)?.number ?? 0;
  const models = sections.map((section) => modelOfDraft(section, new SectionParser(section, lastLine).parse()));
  const found = models.filter((model) => model.functionGroups.length > 0);
  const [section] = sections;
  if (found.length === 0) throw new CodecDumpError(section?.line ?? 0, `«${section?.name}» names no function group`);
  return found;
}

class SectionParser {
  readonly #section: Section;
  /** The text may have been cut off within this line. */
  readonly #lastLine: number;
  readonly #draft: Draft;
  #widget: WidgetDraft | null = null;
  #ampDirection: 'In' | 'Out' = 'In';
  /** What a line that is only a list continues. */
  #continues: 'amps' | 'connections' | 'in-driver connections' | null = null;
  #connectionsMissing = 0;

  constructor(section: Section, lastLine: number) {
    this.#section = section;
    this.#lastLine = lastLine;
    this.#draft = newDraft(section.name);
  }

  parse(): Draft {
    for (const line of this.#section.lines) {
      try {
        this.#read(line);
      } catch (error) {
        if (!(error instanceof CodecDumpError) || line.number !== this.#lastLine) throw error;
      }
    }
    return this.#draft;
  }

  #read(line: DumpLine): void {
    const { text } = line;
    if (text.startsWith('[')) this.#readAmps(line, text);
    else if (/^0x/i.test(text)) this.#readConnections(line, text);
    else {
      if (this.#connectionsMissing > 0) throw garbled(line, `a list of ${this.#connectionsMissing} NIDs is missing`);
      this.#continues = text.startsWith('In-driver Connection') ? 'in-driver connections' : null;
      const node = NODE.exec(text);
      if (node) this.#beginNode(line, Number(node[1]), Number(node[2]));
      else if (text.startsWith('Node ')) throw garbled(line, 'no node');
      else if (!IGNORED.test(text)) this.#readFact(line);
    }
  }

  #readFact(line: DumpLine): void {
    const widget = this.#widget;
    if (widget) this.#readWidget(line, widget);
    else if (!matchLine(line, HEADER_ROWS, this.#draft) && !matchLine(line, SHARED_ROWS, this.#draft.group)) {
      unknown(line);
    }
  }

  #beginNode(line: DumpLine, nid: number, caps: number): void {
    if (this.#draft.widgets.length >= 0xff) throw garbled(line, 'more than 255 nodes');
    this.#widget = { nid, caps, line: line.number, connections: [], inputAmps: [] };
    this.#draft.widgets.push(this.#widget);
  }

  #readWidget(line: DumpLine, widget: WidgetDraft): void {
    const amps = AMP_VALUES.exec(line.text);
    const connection = amps ? null : CONNECTION.exec(line.text);
    if (amps) {
      this.#continues = 'amps';
      this.#ampDirection = amps[1] as 'In' | 'Out';
      this.#readAmps(line, amps[2] as string);
    } else if (connection) {
      const count = Number(connection[1]);
      if (count > LONGEST_LIST) throw garbled(line, `a connection list has at most ${LONGEST_LIST} entries`);
      this.#continues = 'connections';
      // «-22» is the driver's error code: it could not read the list.
      this.#connectionsMissing = Math.max(0, count);
    } else if (!matchLine(line, WIDGET_ROWS, widget) && !matchLine(line, SHARED_ROWS, widget)) unknown(line);
  }

  /** Values of the amp that the line before began; a trailing «=» says that the mail program broke the line. */
  #readAmps(line: DumpLine, text: string): void {
    const values = ampValues(text.replace(/=$/, ''));
    if (this.#continues !== 'amps' || !this.#widget || !values) throw garbled(line, 'no amplifier values');
    if (this.#ampDirection === 'Out') {
      const [first] = values;
      if (first) this.#widget.outputAmp ??= first;
    } else if (this.#widget.inputAmps.length + values.length > LONGEST_LIST) throw garbled(line, 'too many values');
    else this.#widget.inputAmps.push(...values);
  }

  #readConnections(line: DumpLine, text: string): void {
    if (this.#continues === 'in-driver connections') return;
    const list = connectionEntries(text);
    if (this.#continues !== 'connections' || !this.#widget || !list) throw garbled(line, 'no connection list');
    if (list.nids.length > this.#connectionsMissing) {
      throw garbled(line, `${list.nids.length} connections where ${this.#connectionsMissing} were to come`);
    }
    if (list.starred >= 0) this.#widget.selected = this.#widget.connections.length + list.starred;
    this.#widget.connections.push(...list.nids);
    this.#connectionsMissing -= list.nids.length;
  }
}

type Row<T> = readonly [pattern: RegExp, read: (into: T, match: RegExpExecArray) => boolean];

/** Rows by the letter that their lines begin with: most of the work of a long text is saved here. */
function byInitial<T>(rows: readonly Row<T>[]): ReadonlyMap<string, readonly Row<T>[]> {
  const groups = new Map<string, Row<T>[]>();
  for (const row of rows) {
    const initial = row[0].source[1] as string; // every pattern is ^ and a letter
    groups.set(initial, [...(groups.get(initial) ?? []), row]);
  }
  return groups;
}

const HEADER_ROWS = byInitial(HEADER_LINES);
const WIDGET_ROWS = byInitial(WIDGET_LINES);
const SHARED_ROWS = byInitial(SHARED_LINES);

/** True if a row has the line; the row may find it garbled. */
function matchLine<T>(line: DumpLine, rows: ReadonlyMap<string, readonly Row<T>[]>, into: T): boolean {
  for (const [pattern, read] of rows.get(line.text[0] as string) ?? []) {
    const match = pattern.exec(line.text);
    if (!match) continue;
    if (!read(into, match)) throw garbled(line, 'a number is out of range or none');
    return true;
  }
  return false;
}

/** A line of a kind that later kernels may have added has a name and a colon; anything else is garbled. */
function unknown(line: DumpLine): void {
  if (/^[A-Z][\w /-]{1,40}:/.test(line.text) && !KNOWN_NAME.test(line.text)) return;
  throw garbled(line, 'no line of a codec dump');
}

/** Names that the tables have: such a line that fits no pattern is garbled. */
const KNOWN_NAME =
  /^(Address|AFG|MFG|Function Id|Vendor|Subsystem|Revision|Modem|State of|Default|GPIO|Amp-|Pincap|EAPD|Pin Default|Pin-ctls|Volume-Knob|Converter|SDI|Digital|IEC|PCM|Unsolicited|Power|Devices|Connection|Processing|Coefficient)/;

function garbled(line: DumpLine, reason: string): CodecDumpError {
  const text = line.text.length > 60 ? `${line.text.slice(0, 60)}…` : line.text;
  return new CodecDumpError(line.number, `«${text}»: ${reason}`);
}
