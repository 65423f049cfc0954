// One run of the guest from its snapshot with a card in it.

import { attachHdAudio, type HdAudio, type HdAudioOptions } from '../../../src/entries/v86.ts';
import { Guest } from './guest.ts';
import { Heard } from './heard.ts';
import { Report } from './report.ts';
import { snapshot } from './snapshot.ts';

export interface RunOptions extends HdAudioOptions {
  /** Default virtual. */
  readonly clock?: 'real' | 'virtual';
  /** With ACPI the guest has an APIC. */
  readonly acpi?: boolean;
  /** Steps of the rig, see the guest's README. */
  readonly steps?: string;
  /** Arguments of snd-hda-intel. */
  readonly module?: string;
  /** Shell commands instead of the rig's steps, which take seconds more; LOAD and UNMUTE are some. */
  readonly script?: readonly string[];
  /** Of the host's time; default 120. */
  readonly seconds?: number;
  /** Called before the guest runs. */
  readonly prepare?: (card: HdAudio, guest: Guest) => void;
}

export interface Outcome {
  readonly report: Report;
  readonly lines: readonly string[];
  /** By pin. */
  readonly heard: ReadonlyMap<number, Heard>;
  readonly card: HdAudio;
}

/** Loads the driver and waits for the card. */
export const LOAD =
  'insmod /lib/modules/snd-hda-intel.ko $MODARGS || echo RIG-INSMOD-FAIL;' +
  'n=0; while [ ! -e /dev/snd/controlC0 ] && [ $n -lt 200 ]; do usleep 20000; n=$((n+1)); done';

/** The rig's own mixer setting, shorter: outputs and captures at 0 dB and on, boosts off. */
export const UNMUTE =
  "amixer -c0 scontents | awk '/^Simple mixer control/ { c = substr($0, 22) } / Capabilities:/ {" +
  'if (c ~ /Boost/) { print "sset " c " 0%"; next }' +
  ' out = c ~ /^.(Master|PCM|Front|Headphone|Surround|Center|LFE|CLFE|Side|Speaker|Line Out)/ && c !~ /Mic/;' +
  ' if (out && / pvolume/) print "sset " c " playback 0dB"; if (out && / pswitch/) print "sset " c " playback unmute";' +
  ' if (/ cvolume/) print "sset " c " capture 0dB"; if (/ cswitch/) print "sset " c " capture cap"' +
  " }' > /tmp/mixer; amixer -q -c0 -s < /tmp/mixer";

/** Names a section of the report and runs a command in it. */
export const section = (name: string, command: string) => `sec '${name}' sh -c '${command.replaceAll("'", "'\\''")}'`;

export const PROC = 'for f in /proc/asound/card0/codec#*; do sec "$f" cat $f; done';

/** Jack controls as «name on» and «name off». */
export const JACKS =
  'amixer -c0 contents | awk -F"\'" \'/ Jack/ { n = $2 } /: values/ { if (n && n !~ /Phantom/) { split($0, v, "="); print n, v[2] } n = 0 }\'';

/** Tells the host's listener, who acts before the guest goes on; then the driver has time to notice. */
export const askFor = (what: string) => `echo RIG-ASK ${what}; usleep 300000`;

const SCRIPT_BEGIN = 'echo RIG-MARK > /dev/kmsg';
const SCRIPT_END = [section('kmsg', 'dmesg -r | sed "1,/RIG-MARK/d"'), 'echo RIG-DONE', 'sleep 1000'];

/** Commands as the one line that the guest reads at RIG-READY; it ends with the kernel's lines and RIG-DONE. */
export const scriptLine = (script: readonly string[], module = '') =>
  [SCRIPT_BEGIN, `MODARGS="${module}"`, ...script, ...SCRIPT_END].join('; ');

export async function run(options: RunOptions): Promise<Outcome> {
  const {
    clock = 'virtual',
    acpi = false,
    seconds = 120,
    steps = 'none',
    module = '',
    script,
    prepare,
    ...card
  } = options;
  const heard = new Map<number, Heard>();
  const state = await snapshot({ acpi });
  const guest = await Guest.create({ clock, acpi });
  const attached = await attachHdAudio(guest.emulator, {
    onOutput(channels, rateHz, pin) {
      const ear = heard.get(pin) ?? new Heard();
      heard.set(pin, ear);
      ear.add(channels, rateHz);
    },
    ...card,
  });
  await guest.emulator.restore_state(state);
  prepare?.(attached, guest);
  guest.send(script ? scriptLine(script, module) : `STEPS=${steps}; MODARGS="${module}"`);
  const done = guest.until('RIG-DONE', seconds);
  guest.emulator.run();
  try {
    await done;
  } finally {
    await guest.close();
  }
  attached.detach();
  return { report: new Report(guest.lines), lines: guest.lines, heard, card: attached };
}
