import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { measureTone } from '../../src/dsp/measure.ts';
import { readChannels } from '../node/support.ts';
import { azalia, inFolder, left, start, useCommand } from './azalia.ts';

useCommand();
beforeEach(() => {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(
    2,
    44100,
    '16',
    Array.from({ length: 2000 }, (_, n) => Math.round(20000 * Math.sin(n / 20))),
  );
  writeFileSync(inFolder('in.wav'), wav.toBuffer());
  writeFileSync(inFolder('cut.wav'), Buffer.from(wav.toBuffer()).subarray(0, 1000));
  writeFileSync(inFolder('text.wav'), 'this is no sound');
  const odd = new wavefile.WaveFile();
  odd.fromScratch(1, 12345, '16', [1, 2, 3]);
  writeFileSync(inFolder('odd.wav'), odd.toBuffer());
});

const INPUTS = ['cut.wav', 'in.wav', 'odd.wav', 'text.wav'];

describe('azalia tone', () => {
  it('says what it measured at the pin, and it is what the file holds', () => {
    const out = inFolder('tone.wav');
    const {
      code,
      out: text,
      error,
    } = azalia(['tone', '--frequency', '1234.5', '--level', '-20', '--seconds', '1', '--out', out]);
    expect([code, error]).toEqual([0, '']);
    const figure = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
    expect(figure(/frequency +(\S+) Hz/)).toBeCloseTo(1234.5, 3);
    expect(figure(/level +(\S+) dBFS/)).toBeCloseTo(-20, 2);
    expect(figure(/THD\+N +(\S+) dB/)).toBeLessThan(-75);
    expect(figure(/frames +(\d+)/)).toBe(48000);
    expect(figure(/descriptors +(\d+) walked/)).toBe(100);
    expect(figure(/interrupts +(\d+)/)).toBe(100);
    expect(figure(/speed +(\S+) x real time/)).toBeGreaterThan(0);
    const channels = readChannels(out);
    expect(channels.map((samples) => samples.length)).toEqual([48000, 48000]);
    expect(measureTone(channels[0] as Float32Array, 48000)?.frequencyHz).toBeCloseTo(1234.5, 3);
  });

  it.each(['sine', 'square', 'saw', 'sweep', 'noise'])(
    '--wave %s: plain lines of at most 80 columns where nobody watches, with a drawing',
    (wave) => {
      const { code, out } = azalia([
        'tone',
        '--wave',
        wave,
        '--seconds',
        '0.2',
        '--channels',
        '8',
        '--bits',
        '24',
        '--out',
        inFolder('wave.wav'),
      ]);
      expect(code).toBe(0);
      const lines = out.split('\n');
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
      expect(out).not.toContain('\x1b');
      expect(lines.filter((line) => /[⠁-⣿▁-█]/.test(line)).length).toBeGreaterThan(3);
    },
  );

  it('names the command that opens the page as it was started: azalia, or npm run azalia', () => {
    const args = ['tone', '--seconds', '0.1', '--out', inFolder('hint.wav')];
    expect(azalia(args).out).toMatch(/ {2}azalia serve\n/);
    expect(azalia(args, { npm_lifecycle_event: 'start' }).out).toMatch(/ {2}npm run azalia -- serve\n/);
    expect(azalia(args, { npm_lifecycle_event: 'npx' }).out).toMatch(/ {2}azalia serve\n/);
  });

  it('takes a pin in hexadecimal or decimal and a negative level after a space or an equals sign', () => {
    const out = inFolder('pin.wav');
    for (const words of [
      ['--pin', '0x14', '--level', '-3'],
      ['--pin=20', '--level=-3'],
    ]) {
      const { code, out: text } = azalia(['tone', '--seconds', '0.5', ...words, '--out', out]);
      expect(code).toBe(0);
      expect(text).toContain('pin 0x14');
      expect(text).toContain('-3.000 dBFS');
    }
  });

  it('interrupted, it ends with 130 and leaves no file', async () => {
    const child = start(['tone', '--seconds', '3000', '--out', inFolder('long.wav')]);
    while (!left().some((name) => name.includes('long'))) await setTimeout(20);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(130);
    expect(left().filter((name) => name.includes('long'))).toEqual([]);
  });
});

describe('azalia play', () => {
  it('the file that comes out has the samples of the file that went in', () => {
    const { code, out, error } = azalia(['play', inFolder('in.wav'), '--out', inFolder('out.wav')]);
    expect([code, error]).toEqual([0, '']);
    expect(readFileSync(inFolder('out.wav'))).toEqual(readFileSync(inFolder('in.wav')));
    expect(out).toMatch(/frames +1000\n/);
  });

  it('may write over the file that it plays', () => {
    const before = readFileSync(inFolder('in.wav'));
    expect(azalia(['play', inFolder('in.wav'), '--out', inFolder('in.wav')]).code).toBe(0);
    expect(readFileSync(inFolder('in.wav'))).toEqual(before);
  });
});

const tone = (...words: string[]) => ['tone', ...words, '--out', 'OUT'];
const bad: [args: string[], code: number, line: string | RegExp][] = [
  // Bad usage
  [[], 2, 'a command is missing; see azalia --help'],
  [['sing'], 2, '«sing» is no command; see azalia --help'],
  [tone('--loud'), 2, "unknown option '--loud'"],
  [tone('more'), 2, '«more» is one word too many'],
  [['tone'], 2, '--out FILE is missing'],
  [['tone', '--out', ''], 2, '--out is empty'],
  [['play', '--out', 'OUT'], 2, 'FILE.wav is missing'],
  [['play', 'in.wav'], 2, '--out FILE is missing'],
  [tone('--level', '3'), 2, '--level 3: must be 0 dBFS or below'],
  [tone('--level', '0.01'), 2, '--level 0.01: must be 0 dBFS or below'],
  [tone('--level', 'loud'), 2, '--level loud: must be 0 dBFS or below'],
  [tone('--frequency', '24000'), 2, '--frequency 24000: must be above 0 and below half the rate, 24000 Hz'],
  [
    tone('--frequency', '4000', '--rate', '8000'),
    2,
    '--frequency 4000: must be above 0 and below half the rate, 4000 Hz',
  ],
  [tone('--frequency', '0'), 2, '--frequency 0: must be above 0 and below half the rate, 24000 Hz'],
  [tone('--frequency', '-440'), 2, '--frequency -440: must be above 0 and below half the rate, 24000 Hz'],
  [tone('--frequency', 'Infinity'), 2, '--frequency Infinity: must be above 0 and below half the rate, 24000 Hz'],
  [tone('--frequency', '0x100'), 2, '--frequency 0x100: must be above 0 and below half the rate, 24000 Hz'],
  [tone('--seconds', '0'), 2, '--seconds 0: must be above 0'],
  [tone('--seconds', '1e-9'), 2, '--seconds 1e-9: must give 1 to 2147483647 frames, not 0'],
  [tone('--seconds', '1e9'), 2, '--seconds 1e9: must give 1 to 2147483647 frames, not 48000000000000'],
  [tone('--wave', 'cosine'), 2, '--wave cosine: must be one of sine, square, saw, triangle, sweep, noise, pink'],
  [tone('--bits', '12'), 2, '--bits 12: must be one of 8, 16, 20, 24, 32'],
  [tone('--channels', '0'), 2, '--channels 0: must be 1 to 16'],
  [tone('--channels', '2.5'), 2, '--channels 2.5: must be 1 to 16'],
  [tone('--rate', '44100.5'), 2, '--rate 44100.5: must be a whole number of Hz above 0'],
  [tone('--codec', 'nonesuch'), 2, /^--codec nonesuch: unknown; there is desktop/],
  [tone('--codec', 'toString'), 2, /^--codec toString: unknown; there is desktop/],
  [tone('--pin', '0x7f'), 2, /^--pin 0x7f: not an output pin of this codec; there are 0x14, 0x16, 0x15, 0x17/],
  [tone('--pin', '0x02'), 2, /^--pin 0x02: not an output pin of this codec; there are 0x14/],
  [tone('--pin', 'front'), 2, /^--pin front: not an output pin of this codec; there are 0x14/],
  [tone('--pin', '0x14', '--channels', '8'), 2, /^--pin 0x14 cannot take 8 channels/],
  [['codec', 'sing'], 2, '«sing»: must be one of list, show, graph, routes'],
  [['serve', '--port', '70000'], 2, '--port 70000: must be 0 to 65535'],
  // Refused by the DDI or the driver
  [tone('--bits', '32', '--channels', '8', '--rate', '192000'), 1, /STATUS_BUFFER_TOO_SMALL/],
  [tone('--bits', '32', '--channels', '8', '--rate', '176400'), 1, /STATUS_BUFFER_TOO_SMALL/],
  [
    tone('--rate', '12345'),
    1,
    /^STATUS_\w+: 12345 Hz: .*8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000/,
  ],
  [tone('--channels', '12'), 1, /^STATUS_\w+: 12 channels/],
  [['play', 'odd.wav', '--out', 'OUT'], 1, /^STATUS_\w+: 12345 Hz: .*44100, 48000/],
  // Bad input
  [['play', 'none.wav', '--out', 'OUT'], 1, 'none.wav: no such file or directory'],
  [['play', 'text.wav', '--out', 'OUT'], 1, 'text.wav: is not a WAV file (no RIFF WAVE header)'],
  [['play', 'cut.wav', '--out', 'OUT'], 1, 'cut.wav: truncated: chunk «data» says 4000 bytes, the file has 956'],
  [tone().with(-1, 'no/such/folder.wav'), 1, 'no/such/folder.wav: no such file or directory'],
  [
    tone('--seconds', '12000', '--bits', '32').with(-1, 'big.wav'),
    1,
    'big.wav: would have 4608000068 bytes; a WAV file holds 4294967295',
  ],
];

describe('what cannot be done is said in one line on stderr, with its exit code, and no file is left', () => {
  it.each(bad)('%j: %d', (args, code, line) => {
    const run = azalia(
      args.map((word) => (/\.wav$/.test(word) ? inFolder(word) : word.replace(/^OUT$/, inFolder('bad.wav')))),
    );
    expect(run.code).toBe(code);
    expect(run.out).toBe('');
    const [first = '', ...rest] = run.error.split('\n');
    expect(rest).toEqual(['']);
    expect(first).toMatch(/^azalia: /);
    const said = first.slice('azalia: '.length).replaceAll(`${inFolder('')}/`, '');
    if (typeof line === 'string') expect(said).toBe(line);
    else expect(said).toMatch(line);
    expect(left().filter((name) => !INPUTS.includes(name) && /bad|big/.test(name))).toEqual([]);
    expect(existsSync('OUT')).toBe(false);
  });
});

describe('--help and --version', () => {
  it('azalia --help lists the commands that there are, each with its own --help', () => {
    const { code, out } = azalia(['--help']);
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name]) => name);
    expect(names).toEqual(['tone', 'play', 'record', 'codec', 'verb', 'pins', 'kd', 'bench', 'serve']);
    for (const name of names) {
      const help = azalia([name as string, '--help']);
      expect([help.code, help.error]).toEqual([0, '']);
      expect(help.out).toContain(`azalia ${name}`);
      for (const line of help.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('--version is the package’s, anywhere', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const args of [['--version'], ['tone', '--version'], ['serve', '--version']]) {
      expect(azalia(args)).toEqual({ code: 0, out: `azalia ${version}\n`, error: '' });
    }
  });
});

describe('azalia serve', () => {
  const serving = async () => {
    const child = start(['serve', '--port', '0']);
    const [line] = await once(child.stdout, 'data');
    return { child, url: /http:\/\/localhost:\d+\/demo\//.exec(String(line))?.[0] ?? '' };
  };

  it('prints the page’s address and serves it isolated, until it is told to end', async () => {
    const { child, url } = await serving();
    const page = await fetch(url.replace('localhost', '127.0.0.1'));
    expect(page.status).toBe(200);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(await page.text()).toMatch(/<!doctype html>/i);
    const v86 = await fetch(new URL('/v86/libv86.mjs', page.url)); // for the page «PC», from where it is installed
    expect([v86.status, v86.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it('a port that is taken: one line, exit 1', async () => {
    const { child, url } = await serving();
    const { port } = new URL(url);
    expect(azalia(['serve', '--port', port])).toEqual({
      code: 1,
      out: '',
      error: `azalia: port ${port}: is taken; choose another with --port\n`,
    });
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
});

it('azalia bench --quick prints a row of figures and ratios for every workload and writes the same as JSON', () => {
  const { code, out, error } = azalia(['bench', '--quick', '--json', inFolder('bench.json')]);
  expect([code, error]).toEqual([0, '']);
  const { rows } = JSON.parse(readFileSync(inFolder('bench.json'), 'utf8'));
  expect(rows.length).toBeGreaterThan(5);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  for (const row of rows) {
    const figures = [row.nsPerTick, row.gigabytesPerSecond, row.timesRealTime, row.ofTypedArrays, row.ofMemoryCopy];
    const printed = figures.map((figure) => `${Number(figure.toPrecision(3))}`);
    expect(out.split('\n').some((line) => printed.every((text) => line.includes(text)))).toBe(true);
    for (const figure of figures) expect(figure).toBeGreaterThan(0);
  }
});

it('azalia codec list names the built-in codecs with vendor and device', () => {
  expect(azalia(['codec', 'list'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^desktop +[\da-f]{4}:[\da-f]{4} {2}\S/m),
  });
});
