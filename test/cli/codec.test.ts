import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInCodecs, formatCodecDump, parseCodecDump } from '../../src/entries/codec.ts';
import { dumpNames, HOPELESS, hasCorpus, readDump } from '../codec/corpus.ts';
import { azalia, inFolder, left, useCommand } from './azalia.ts';

useCommand();

const DESKTOP = formatCodecDump(builtInCodecs.desktop as NonNullable<typeof builtInCodecs.desktop>);

describe('azalia codec', () => {
  it('list names the built-in codecs with their vendor ids', () => {
    const { code, out } = azalia(['codec', 'list']);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.slice(0, 20))).toEqual([
      'desktop    a2a1:0001',
      'laptop     a2a1:0002',
      'hdmi       a2a1:0003',
      'modem      a2a1:0004',
      '',
    ]);
  });

  it.each(Object.keys(builtInCodecs))('show %s prints what the model holds, learnt over CORB and RIRB', (name) => {
    const { code, out, error } = azalia(['codec', 'show', name]);
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe(formatCodecDump(builtInCodecs[name] as NonNullable<typeof builtInCodecs.desktop>));
  });

  it('show FILE prints every codec of a file, in its order and at its address', () => {
    writeFileSync(inFolder('two.txt'), `${DESKTOP}\n${DESKTOP.replace('Address: 0', 'Address: 2')}`);
    const { out } = azalia(['codec', 'show', inFolder('two.txt')]);
    expect(parseCodecDump(out).map(({ address, vendorId }) => [address, vendorId])).toEqual([
      [0, 0xa2a10001],
      [2, 0xa2a10001],
    ]);
  });

  it.skipIf(!hasCorpus)('show FILE: six real codecs; what it prints has the same facts when it is shown again', () => {
    const names = dumpNames().filter((name) => !HOPELESS.includes(name));
    for (let n = 0; n < 6; n++) {
      const name = names[Math.floor((n * names.length) / 6)] as string;
      writeFileSync(inFolder('real.txt'), readDump(name));
      const first = azalia(['codec', 'show', inFolder('real.txt')]);
      expect([name, first.code, first.error]).toEqual([name, 0, '']);
      const [learned, dumped] = [first.out, readDump(name)].map((text) => parseCodecDump(text)[0]?.functionGroups);
      expect(learned?.flatMap(({ widgets }) => widgets.map(({ nid, caps }) => [nid, caps]))).toEqual(
        dumped?.flatMap(({ widgets }) => widgets.map(({ nid, caps }) => [nid, caps])),
      );
      writeFileSync(inFolder('again.txt'), first.out);
      expect(azalia(['codec', 'show', inFolder('again.txt')]).out).toBe(first.out);
    }
  });

  it.skipIf(!hasCorpus)('a dump whose header names no function group is refused in one line (HOPELESS.md)', () => {
    for (const name of HOPELESS) {
      writeFileSync(inFolder('hopeless.txt'), readDump(name));
      const { code, error } = azalia(['codec', 'show', inFolder('hopeless.txt')]);
      expect([name, code, error.trim().split('\n').length]).toEqual([name, 1, 1]);
    }
  });

  it('routes prints the ways of every pin and what must be set on the shortest', () => {
    const { out } = azalia(['codec', 'routes', 'desktop']);
    const blocks = out.split('\n\n');
    expect(blocks).toHaveLength(11);
    expect(blocks[1]?.split('\n').slice(0, 5)).toEqual([
      'pin 0x14  line out, rear, green',
      '  out  0x02 → 0x0d → 0x14',
      '         0x02  power D0, open output amp',
      '         0x0d  power D0, open input amp 0',
      '         0x14  power D0, select input 0, open output amp, OUT enable',
    ]);
    expect(out).toMatch(/pin 0x1a {2}line in, rear, blue\n {2}in {3}0x1a → /);
  });

  it.each([
    [['codec', 'draw'], 2, '«draw»: must be one of list, show, graph, routes'],
    [['codec', 'show'], 2, 'NAME|FILE is missing'],
    [['codec', 'show', 'nobody'], 2, 'nobody: unknown; there is desktop, laptop, hdmi, modem, or the file of a dump'],
    [['codec', 'show', 'no/such.txt'], 1, 'no/such.txt: no such file or directory'],
    [['codec', 'show', 'package.json'], 1, 'package.json: no codec in it: no line begins with «Codec:»'],
  ] as const)('%j exits %i with one line', (args, code, line) => {
    expect(azalia(args)).toMatchObject({ code, out: '', error: `azalia: ${line}\n` });
  });

  it('a garbled dump is named with file, line and reason', () => {
    const lines = DESKTOP.split('\n');
    const at = lines.findIndex((line) => line.startsWith('Node 0x02'));
    lines[at + 1] = '  Amp-Out caps: ofs=zz, nsteps=0x1f, stepsize=0x05, mute=1';
    writeFileSync(inFolder('garbled.txt'), lines.join('\n'));
    const { code, error } = azalia(['codec', 'show', inFolder('garbled.txt')]);
    expect(code).toBe(1);
    expect(error).toMatch(new RegExp(`^azalia: .*garbled\\.txt: line ${at + 2}: .+\n$`));
  });
});

describe('--codec FILE', () => {
  it('tone plays through the codec of a dump, at the address that the dump names', () => {
    writeFileSync(inFolder('third.txt'), DESKTOP.replace('Address: 0', 'Address: 3'));
    const trace = inFolder('third.jsonl');
    const args = ['tone', '--seconds', '0.1', '--codec', inFolder('third.txt'), '--out', inFolder('t.wav')];
    const { code, out } = azalia([...args, '--trace', trace]);
    expect(code).toBe(0);
    expect(out).toMatch(/frequency +440\.0000 Hz/);
    expect(out).toContain('codec third.txt, line out, pin 0x14');
    const verbs = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"verb"'));
    expect(new Set(verbs.map((line) => JSON.parse(line).command >>> 28))).toEqual(new Set([3]));
  });

  it('a modem has no audio function group: exit 1, and no file', () => {
    const before = left();
    expect(azalia(['tone', '--codec', 'modem', '--out', inFolder('m.wav')])).toMatchObject({
      code: 1,
      error: 'azalia: the codec: has no audio function group\n',
    });
    expect(left()).toEqual(before);
  });
});

describe('azalia record', () => {
  it.each([
    [8, 48000],
    [16, 44100],
    [20, 96000],
    [24, 192000],
    [32, 8000],
  ])('what the input pin is fed is what the driver captures, bit for bit: %i bits, %i Hz', (bits, rate) => {
    const [source, out] = [inFolder('noise.wav'), inFolder('captured.wav')];
    azalia(['tone', '--wave', 'noise', '--bits', `${bits}`, '--rate', `${rate}`, '--seconds', '0.3', '--out', source]);
    const { code, out: text, error } = azalia(['record', source, '--out', out]);
    expect([code, error]).toEqual([0, '']);
    expect(text).toContain('codec desktop, line in, pin 0x1a');
    expect(readFileSync(out).equals(readFileSync(source))).toBe(true);
  });

  it('an output pin is no input: exit 2, and the inputs are named', () => {
    const source = inFolder('noise.wav');
    expect(azalia(['record', source, '--pin', '0x14', '--out', inFolder('no.wav')])).toMatchObject({
      code: 2,
      error: 'azalia: --pin 0x14: not an input pin that reaches an ADC; there are 0x1a, 0x18, 0x19\n',
    });
    expect(left()).not.toContain('no.wav');
  });
});

describe('azalia verb, pins, kd', () => {
  it('verb sends through the verb IOCTL, by numbers and by names', () => {
    for (const words of [
      ['0', '0xf00', '0'],
      ['0', 'GET_PARAMETER', 'VENDOR_ID'],
      ['0', 'get_parameter', 'vendor_id'],
    ])
      expect(azalia(['verb', ...words])).toMatchObject({ code: 0, out: '0xa2a10001\n' });
    expect(azalia(['verb', '0x02', '0xb', '0x8000']).out).toMatch(/^0x000000[0-9a-f]{2}\n$/); // 4-bit verb, 16-bit payload
  });

  it('verb --trace writes the verb as it went over the link', () => {
    const trace = inFolder('verb.jsonl');
    azalia(['verb', '0x14', 'GET_PIN_CONTROL', '0', '--trace', trace]);
    const events = readFileSync(trace, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ kind }) => kind === 'verb').map(({ command }) => command)).toEqual([0x014f0700]);
  });

  it.each([
    [
      ['verb', '0x14', '0x707', '0x40'],
      1,
      'verb 0x14 0x707 0x40: no valid response; the IOCTL passes Get verbs, and Set',
    ],
    [['verb', '200', '0xf00', '0'], 2, 'NID 200: must be 0 to 0x7f'],
    [['verb', '0', 'SING', '0'], 2, 'VERB SING: must be 0 to 0xf, 0x200 to 0xfff, or one of '],
    [['verb', '0', '0xf00', '0x100'], 2, 'PARAMETER 0x100: must be 0 to 0xff'],
    [['verb', '0', '0xf00'], 2, 'PARAMETER is missing'],
    [['pins', '0x02'], 2, 'NID 0x02: no pin; there are 0x14, '],
    [['pins', '0x14', 'shape=round'], 2, '«shape=round»: must be port=, location=, '],
    [['pins', '0x14', 'color=beige'], 2, 'color=beige: must be 0 to 15, or one of unknown, black, '],
  ] as const)('%j exits %i with one line', (args, code, line) => {
    const run = azalia(args);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.error.startsWith(`azalia: ${line}`), run.error).toBe(true);
    expect(run.error.split('\n')).toHaveLength(2);
  });

  it('pins lists, shows and sets configuration defaults, byte by byte through the IOCTL', () => {
    const { out } = azalia(['pins', '--codec', 'laptop']);
    expect(out.split('\n').filter(Boolean).length).toBeGreaterThan(3);
    expect(azalia(['pins', '0x14']).out).toMatch(
      /^0x14 {2}01014010 {2}line out, rear, green\n +port=jack location=rear /,
    );
    expect(azalia(['pins', '0x14', 'device=speaker', 'port=fixed', 'location=0x10', 'color=0', 'sequence=1']).out).toBe(
      'was   0x14  01014010  line out, rear, green\nis    0x14  90110011  speaker, internal\n',
    );
  });

  it('kd prints debugger views of the booted machine; its words may come quoted or not', () => {
    const { out } = azalia(['kd', '!devnode 0 1']);
    expect(out).toMatch(/^Dumping IopRootDeviceNode/);
    expect(out).toContain('ServiceName is "HDAudBus"');
    expect(azalia(['kd', '!devnode', '0', '1']).out).toBe(out);
    expect(azalia(['kd', 'lm', '--codec', 'modem']).out).not.toContain('HdAudAddService');
  });
});
