// The HD Audio card in a PC in a page: a real Linux in v86 plays, a real AudioContext is heard.

import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { guestFolder, missing } from '../guest/support/images.ts';
import { jumps } from '../guest/support/jumps.ts';
import { decodeRecording } from '../guest/support/noise.ts';
import { Report } from '../guest/support/report.ts';
import { LOAD, scriptLine, section, UNMUTE } from '../guest/support/run.ts';
import { snapshotFile } from '../guest/support/snapshot.ts';
import { seriousFaults } from './support/axe.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';

const RATE_HZ = 48_000;
const HERTZ_IN = 700;
const V86 = dirname(createRequire(import.meta.url).resolve('v86'));

/** The PC, before anybody has pressed its button. */
const pcPage = (
  state: string,
) => `<!doctype html><meta charset="utf-8"><title>PC</title><button id="start">start</button>
<script type="module">
import { V86 } from '/v86/libv86.mjs';
import { attachHdAudio } from '/v86.js';
const get = async (path) => (await fetch(path)).arrayBuffer();
const emulator = new V86({
  wasm_path: '/v86/v86.wasm',
  bios: { buffer: await get('/guest/bios.bin') }, vga_bios: { buffer: await get('/guest/vgabios.bin') },
  bzimage: { buffer: await get('/guest/bzImage') }, initrd: { buffer: await get('/guest/initrd.gz') },
  memory_size: 128 << 20, vga_memory_size: 2 << 20, acpi: false, autostart: false,
  disable_speaker: true, disable_keyboard: true, disable_mouse: true, log_level: 0,
});
globalThis.pc = { lines: [''], script: '', input: 'nothing' };
emulator.add_listener('serial0-output-byte', (byte) => {
  if (byte === 10) pc.lines.push('');
  else if (byte !== 13) pc.lines.push(pc.lines.pop() + String.fromCharCode(byte));
});
document.getElementById('start').onclick = async () => {
  const context = new AudioContext({ sampleRate: ${RATE_HZ} });
  const oscillator = new OscillatorNode(context, { frequency: ${HERTZ_IN} });
  oscillator.start();
  const destination = new MediaStreamAudioDestinationNode(context);
  oscillator.connect(destination);
  const inputs = { AudioNode: oscillator, MediaStream: destination.stream, nothing: undefined };
  await attachHdAudio(emulator, { audioContext: context, input: inputs[pc.input] });
  await emulator.restore_state(await get('/state/${state}'));
  emulator.serial0_send(pc.script);
  emulator.run();
};
emulator.add_listener('emulator-loaded', () => { document.title = 'loaded'; });
</script>`;

interface Pc {
  readonly lines: readonly string[];
  /** For the guest's serial port. */
  script: string;
  /** The way from an oscillator to the card. */
  input: 'AudioNode' | 'MediaStream' | 'nothing';
}
declare global {
  var pc: Pc;
}

/** −6 dBFS, and a step of 16 bits. */
const AMPLITUDE = 10 ** (-6 / 20);
const QUANTUM = 2 ** -15;
const LOUD = 0.1;
const ONSET_FRAMES = 192; // the resampler's filter rings where a sound begins

/** What goes to the destination is what the test hears. */
function listen(): void {
  const connect = AudioNode.prototype.connect as (...args: unknown[]) => unknown;
  AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
    if (args[0] instanceof AudioDestinationNode) globalThis.heard = { node: this, output: 0 };
    return connect.apply(this, args);
  } as typeof AudioNode.prototype.connect;
}

const SECONDS = 4;
/** Records a second and says how many of its bytes are not zero. */
const HEAR =
  'arecord -q -D hw:0,0 -f S16_LE -r 48000 -c 2 -t raw -d 1 /tmp/r; echo heard $(tr -d "\\000" < /tmp/r | wc -c) bytes';

/** Plays the guest's second of tone again and again, as a shell's loop says. */
const playing = (loop: string, ...before: string[]) =>
  scriptLine([
    LOAD,
    UNMUTE,
    ...before,
    'tail -c +45 /tone.wav > /tmp/t; sleep 1',
    'echo RIG-PLAY',
    section('play', `${loop}; do cat /tmp/t; done | aplay -q -D hw:0,0 -t raw -f S16_LE -c 2 -r 48000`),
  ]);

if (missing) console.warn(`tests of the PC in a page skipped: ${missing}`);

describeInBrowser('a PC in a page', (browser) => {
  const line = (page: Page, start: string) =>
    page.waitForFunction((start) => pc.lines.some((line) => line.startsWith(start)), start, { timeout: 30_000 });

  /** The guest at its console, with a line typed; RIG-DONE ends what that does. */
  async function startPc(script: string, { isolated = true, input = 'nothing' as Pc['input'] }): Promise<Page> {
    const state = await snapshotFile();
    const page = await browser.open(
      '/pc.html',
      {
        isolated,
        texts: { '/pc.html': pcPage(basename(state)) },
        folders: { '/v86/': V86, '/guest/': guestFolder, '/state/': dirname(state) },
      },
      listen,
    );
    await page.waitForFunction(() => document.title === 'loaded');
    await page.evaluate((given) => Object.assign(pc, given), { script: `${script}\n`, input });
    await page.click('#start');
    return page;
  }

  it.skipIf(missing).each([
    ['shared memory', true],
    ['messages', false],
  ])(
    'Linux in v86 plays through the card, over %s: the node gives both tones, without a gap',
    { timeout: 180_000, retry: 1 },
    async (_transport, isolated) => {
      const page = await startPc(playing(`for i in ${'x '.repeat(SECONDS)}`), { isolated });
      await line(page, 'RIG-PLAY');
      const heard = await record(page, SECONDS + 2);
      await line(page, 'RIG-DONE');
      for (const [channel, hz] of [440, 1000].entries()) {
        const sound = heard[channel] as Float32Array;
        const first = sound.findIndex((sample) => Math.abs(sample) > LOUD);
        const from = first + ONSET_FRAMES;
        const all = sound.subarray(from, from + 0.99 * SECONDS * RATE_HZ); // a driver may stop late: old frames follow
        expect(all.length).toBe(0.99 * SECONDS * RATE_HZ);
        expect(jumps(all, AMPLITUDE, hz, RATE_HZ, 4 * QUANTUM)).toEqual([]);
        const tone = measureTone(all.slice(RATE_HZ, 2 * RATE_HZ), RATE_HZ);
        expect(Math.abs((tone?.frequencyHz ?? 0) / hz - 1)).toBeLessThan(0.005);
        expect(tone?.levelDbfs).toBeCloseTo(-6, 2);
      }
    },
  );

  it.skipIf(missing).each(['AudioNode', 'MediaStream'] as const)(
    'Linux in v86 records from the page, its input being of type %s: pitch and level are in the guest’s file',
    { timeout: 120_000, retry: 1 },
    async (input) => {
      const record = 'arecord -q -D hw:0,0 -f S16_LE -r 48000 -c 2 -s 24000 /tmp/r.wav';
      const script = scriptLine([
        LOAD,
        UNMUTE,
        section('record', record),
        section('file', 'gzip -c /tmp/r.wav | base64'),
      ]);
      const page = await startPc(script, { input });
      await line(page, 'RIG-DONE');
      const report = new Report(await page.evaluate(() => pc.lines));
      expect(report.text('record')).toBe('');
      const { channels } = decodeRecording(report.text('file'));
      expect(channels.map(({ length }) => length)).toEqual([24_000, 24_000]);
      const heard = Float32Array.from(channels[0] ?? [], (sample) => sample / 2 ** 15).subarray(-12_000);
      const tone = measureTone(heard, RATE_HZ);
      expect(Math.abs((tone?.frequencyHz ?? 0) / HERTZ_IN - 1)).toBeLessThan(0.005);
      expect(tone?.levelDbfs).toBeCloseTo(0, 1);
      expect(tone?.thdPlusNoiseDb).toBeLessThan(-60); // no gap, no jump
    },
  );

  const openPc = async (): Promise<Page> => {
    const page = await browser.open('/demo/pc.html', { isolated: true, folders: { '/v86/': V86 } }, listen);
    await page.waitForFunction(() => document.querySelectorAll('#codec option').length > 3);
    return page;
  };

  const serial = (page: Page, text: string) =>
    page.waitForFunction((text) => document.querySelector('#serial output')?.textContent?.includes(text), text, {
      timeout: 30_000,
    });

  it.skipIf(missing)(
    'the page «PC»: a state given, booted, heard; serial console, keyboard, registers, ring, codec and log are live',
    { timeout: 120_000, retry: 1 },
    async () => {
      const page = await openPc();
      expect(await page.isDisabled('#boot')).toBe(true);
      await page.setInputFiles('#files', await snapshotFile());
      await page.check('#microphone');
      await page.click('#boot');
      await page.waitForFunction(() => document.getElementById('state')?.textContent === 'Running.');
      await page.fill(
        '#serial input',
        `(sh < /dev/tty1 > /dev/tty1 2>&1 &) ; ${playing('while [ ! -e /tmp/stop ]', HEAR)}`,
      );
      await page.press('#serial input', 'Enter');
      await serial(page, 'RIG-PLAY');
      const [, bytes] = /heard (\d+) bytes/.exec(await page.innerText('#serial output')) ?? [];
      expect(Number(bytes)).toBeGreaterThan(1000); // the browser's false microphone beeps once a second

      await page.waitForSelector('.wire.active[data-from="13"][data-to="20"]'); // mixer 0Dh, pin 14h: the front jack
      await page.click('[data-nid="20"]');
      expect(await page.innerText('#widget')).toMatch(/^Node 0x14 \[Pin Complex\]/);
      await page.click('#tab-registers');
      await page.waitForFunction(() =>
        /SD4CTL\s+\w+\s+RUN, IOCE/.test(document.getElementById('registers')?.innerText ?? ''),
      );
      const [left = new Float32Array()] = await record(page, 1);
      const rateHz = await page.evaluate(() => globalThis.heard?.node.context.sampleRate ?? 0); // whatever the system has
      expect(Math.abs((measureTone(left, rateHz)?.frequencyHz ?? 0) / 440 - 1)).toBeLessThan(0.005);
      await page.click('#tab-streams');
      expect(await page.innerText('.ring')).toMatch(/Stream 4, output, tag \d+: runs\s+48000 Hz, 16 bits, 2 channels/);
      const hand = () => page.getAttribute('.ring .hand', 'transform');
      const before = await hand();
      await page.waitForFunction(
        (was) => document.querySelector('.ring .hand')?.getAttribute('transform') !== was,
        before,
      );
      await page.click('#tab-log');
      await page.waitForFunction(() => /fetches descriptor \d/.test(document.getElementById('log')?.innerText ?? ''));

      await page.focus('#screen');
      await page.keyboard.type('busybox touch /tmp/stop\n', { delay: 20 });
      await serial(page, 'RIG-DONE');
      await page.keyboard.press('Control+Alt');
      expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('screen');

      await page.click('#boot');
      expect(await page.innerText('#boot')).toBe('Go on');
      for (const view of ['log', 'streams', 'registers', 'codec']) {
        await page.click(`#tab-${view}`);
        expect([view, await seriousFaults(page)]).toEqual([view, []]);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await page.waitForTimeout(300);
      const time = await page.innerText('#time');
      await page.waitForTimeout(500);
      expect(await page.innerText('#time')).toBe(time);
    },
  );

  it('files are taken for what their names say; a guest without v86 or of another kind is told in one line', async () => {
    const page = await openPc();
    const named = (name: string) => ({ name, mimeType: '', buffer: Buffer.alloc(16) });
    const names = [
      'seabios.bin',
      'vgabios.bin',
      'vmlinuz-6.1',
      'initramfs.cpio',
      'live.iso',
      'dos.img',
      'my.state',
      'x.pdf',
    ];
    await page.setInputFiles('#files', names.map(named));
    const kinds = () =>
      page.locator('#images select').evaluateAll((all) => all.map((each) => (each as HTMLSelectElement).value));
    expect(await kinds()).toEqual(['bios', 'vga_bios', 'bzimage', 'initrd', 'cdrom', 'fda', 'state', '']);
    await page.getByLabel('Remove my.state').click();
    expect(await page.isDisabled('#boot')).toBe(false); // a BIOS and a kernel
    await page.getByLabel('seabios.bin is the').selectOption('');
    expect(await page.isDisabled('#boot')).toBe(true);

    const bare = await browser.open('/demo/pc.html', { isolated: true });
    await bare.setInputFiles('#files', named('my.state'));
    await bare.click('#boot');
    await bare.waitForFunction(() => /npm install v86/.test(document.getElementById('notice')?.innerText ?? ''));
  });

  it('axe finds nothing serious on it before it boots, light or dark; on a phone nothing is wider than the screen', async () => {
    const page = await openPc();
    await page.setInputFiles('#files', { name: 'bios.bin', mimeType: '', buffer: Buffer.alloc(16) });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300); // colours change slowly
      expect([colorScheme, await seriousFaults(page)]).toEqual([colorScheme, []]);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
