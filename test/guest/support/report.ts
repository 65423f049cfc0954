// What the guest's rig prints: named sections between RIG-BEGIN and RIG-END, and single RIG- lines.

export interface Section {
  readonly lines: readonly string[];
  /** Exit code of what ran in it. */
  readonly code: number;
}

export class Report {
  readonly sections = new Map<string, Section>();

  constructor(lines: readonly string[]) {
    let name: string | null = null;
    let text: string[] = [];
    for (const line of lines) {
      if (line.startsWith('RIG-BEGIN ')) {
        name = line.slice('RIG-BEGIN '.length);
        text = [];
      } else if (line.startsWith('RIG-END ') && name !== null) {
        this.sections.set(name, { lines: text, code: Number(line.slice('RIG-END rc='.length)) });
        name = null;
      } else if (name !== null) text.push(line);
    }
  }

  section(name: string): Section {
    const found = this.sections.get(name);
    if (!found) throw new Error(`the guest printed no «${name}», only ${[...this.sections.keys()].join(', ')}`);
    return found;
  }

  text(name: string): string {
    return this.section(name).lines.join('\n');
  }

  /** Kernel lines since the driver was loaded: level (0 emergency … 7 debug) and text. */
  get kernel(): { level: number; text: string }[] {
    return this.section('kmsg').lines.flatMap((line) => {
      const match = /^<(\d+)>\[[^\]]*\] ?(.*)$/.exec(line);
      return match ? [{ level: Number(match[1]) & 7, text: match[2] as string }] : [];
    });
  }

  /** Warnings and worse. */
  get complaints(): string[] {
    return this.kernel.filter(({ level }) => level <= 4).map(({ text }) => text);
  }

  /** Texts of /proc/asound/card0/codec#N by address. */
  get codecs(): Map<number, string> {
    const texts = new Map<number, string>();
    for (const [name, { lines }] of this.sections) {
      const match = /codec#(\d+)$/.exec(name);
      if (match) texts.set(Number(match[1]), `${lines.join('\n')}\n`);
    }
    return texts;
  }
}
