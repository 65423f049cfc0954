// Rows L1 and L2 of hda-hardware §8, H45 of hostile-inputs §4, and the variations of §6.3.

import { describe, expect, it } from 'vitest';
import { Codec, CodecDumpError, type CodecModel, parseCodecDump, type WidgetModel } from '../../src/codec/index.ts';
import { powerUp } from '../support/power-up.ts';
import { dumpOf } from './sample-dump.ts';

const only = (text: string): CodecModel => {
  const models = parseCodecDump(text);
  expect(models).toHaveLength(1);
  return models[0] as CodecModel;
};
const group = (text: string) => only(text).functionGroups[0];
const node = (text: string, nid: number) => group(text)?.widgets.find((widget) => widget.nid === nid) as WidgetModel;
const edited = (from: string | RegExp, to: string) => dumpOf().replace(from, to);

describe('HW-L1: `Pincap 0x08` and then the unpadded value (§6.3)', () => {
  const CASES: [text: string, caps: number][] = [
    ['0x083f', 0x3f],
    ['0x08373f', 0x373f],
    ['0x081373f', 0x1373f],
    ['0x0810010', 0x10010],
    ['0x0894', 0x94],
    ['0x0000003c', 0x3c],
    ['0x08000094', 0x08000094],
    ['0x0b000094', 0x0b000094],
  ];
  for (const [text, caps] of CASES) {
    it(`${text} is ${caps.toString(16)}h`, () => expect(node(edited('0x0000003c', text), 4).pinCaps).toBe(caps));
  }
});

it('HW-L2: a text with two codecs at addresses 0 and 3 gives both, in order, and on a link STATESTS is 0009h', async () => {
  const models = parseCodecDump(`${dumpOf()}\n${edited('Address: 0', 'Address: 3')}`);
  expect(models.map((model) => model.address)).toEqual([0, 3]);
  const at = (address: number) => {
    const model = models.find((each) => each.address === address);
    return model ? new Codec(model, { outputRateHz: 48000 }) : null;
  };
  const { guest } = await powerUp({ codecs: [at(0), at(1), at(2), at(3)] });
  expect(guest.reset()).toBe(0x0009);
});

describe('variations by kernel age (§6.3)', () => {
  it('`Function Id: 0x1` alone is an audio group at NID 1', () => {
    const old = edited('AFG Function Id: 0x1 (unsol 1)', 'Function Id: 0x1').replace('State of AFG node 0x01:\n', '');
    expect(group(old)).toMatchObject({ nid: 1, type: 1 });
  });

  it('`Function Id: 0x2` beside nodes is the modem group’s: there are both', () => {
    const old = edited('AFG Function Id: 0x1 (unsol 1)', 'Function Id: 0x2')
      .replace('No Modem Function Group found', 'Modem Function Group: 0x2')
      .replaceAll(/^Node 0x0/gm, 'Node 0x1')
      .replace('State of AFG node 0x01:\n', '');
    expect(only(old).functionGroups.map(({ nid, type }) => [nid, type])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('a modem alone has a group and no nodes', () => {
    const modem = `Codec: Modem\nAddress: 1\nMFG Function Id: 0x2 (unsol 1)\nVendor Id: 0x11c11040\nSubsystem Id: 0x1\nRevision Id: 0x100200\nModem Function Group: 0x1\n`;
    expect(only(modem).functionGroups).toEqual([{ nid: 1, type: 0x102, widgets: [] }]);
  });

  it('`Default PCM` on one line is the same three numbers', () => {
    const old = edited(/Default PCM:\n.*\n.*\n.*\n/, 'Default PCM: rates 0x560, bits 0x0e, types 0x1\n');
    expect(group(old)).toMatchObject({ pcm: 0x000e0560, streamFormats: 1 });
  });

  it('`bits` unshifted', () => {
    expect(group(edited('bits [0xe]', 'bits [0xe0000]'))?.pcm).toBe(0x000e0560);
  });

  it('amp values without brackets are index 0, one value is both sides, and a broken line goes on', () => {
    expect(node(edited('[0x00 0x00] [0x80 0x80]', '0x05 0x06'), 3).inputAmps).toEqual([[5, 6]]);
    expect(node(edited('[0x1f 0x1f]', '[0x1e]'), 2).outputAmp).toEqual([0x1e, 0x1e]);
    expect(node(edited('[0x00 0x00] [0x80 0x80]', '[0x00 0x00]=\n [0x81 0x82]'), 3).inputAmps).toEqual([
      [0, 0],
      [0x81, 0x82],
    ]);
  });

  it('`Power: 0x33`, `EAPD: 0x2`, `Copyright`, `Pinx Default`, `Connection: -22`', () => {
    expect(node(edited('Power: setting=D0, actual=D0\nNode', 'Power: 0x33\nNode'), 2).power).toBe(0x33);
    expect(node(edited('Pin Default', 'EAPD: 0x2\n  Pinx Default'), 4)).toMatchObject({
      eapd: 2,
      configuration: 0x01014010,
    });
    expect(
      node(
        edited(
          '  Converter: stream=0, channel=0\n',
          '  Converter: stream=0, channel=0\n  Digital: Preemphasis Copyright\n',
        ),
        2,
      ).digital,
    ).toBe(0x18);
    expect(node(edited('Connection: 2\n     0x02 0x04', 'Connection: -22'), 3).connections).toEqual([]);
  });

  it('an In-driver connection list is the driver’s, not the codec’s', () => {
    const haswell = edited('Connection: 1\n     0x03', 'Connection: 0\n  In-driver Connection: 3\n     0x02 0x03 0x05');
    expect(node(haswell, 4).connections).toEqual([]);
  });

  it('HOSTILE-H45: CRLF, indents of one blank, trailing blanks and what alsa-info puts around make no difference', () => {
    const plain = only(dumpOf());
    const around = `!!HDA-Intel Codec information\n--startcollapse--\n\n${dumpOf()}--endcollapse--\n\n!!ALSA configuration files\nCodec files: none\n`;
    const variants = [
      dumpOf().replaceAll('\n', '\r\n'),
      dumpOf().replaceAll('\n  ', '\n '),
      dumpOf().replaceAll('\n', '   \n'),
      around,
    ];
    for (const text of variants) expect(only(text)).toEqual(plain);
  });

  it('text that belongs to no codec ends the section', () => {
    expect(only(`${dumpOf()}NVidia\nVOLUME "Front" 0\n  Amp-Out vals:  nonsense\n`)).toEqual(only(dumpOf()));
  });

  it('a kind of line that later kernels may add is passed over', () => {
    expect(only(edited('  Converter:', '  Spatial mode: 7.1.4\n  Converter:'))).toEqual(only(dumpOf()));
  });
});

describe('what is no dump is refused with line and reason', () => {
  const CASES: [what: string, text: string, line: number, reason: RegExp][] = [
    ['nothing at all', '', 0, /no codec/],
    ['a binary file', '\u0000\u0001\ufffd\ufffd', 0, /no codec/],
    [
      'a header alone',
      'Codec: X\nAddress: 0\nVendor Id: 0x1\nSubsystem Id: 0x1\nRevision Id: 0x1\n',
      1,
      /no function group/,
    ],
    ['no vendor id', edited('Vendor Id: 0xa2a1ffff\n', ''), 1, /Vendor Id/],
    ['a garbled number', edited('nsteps=0x1f', 'nsteps=0xzz'), 19, /Amp-Out caps.*number/],
    ['an address off the link', edited('Address: 0', 'Address: 15'), 2, /Address/],
    [
      'a line of nothing known',
      edited('  Converter: stream', '  ?!$%\n  Converter: stream'),
      21,
      /no line of a codec dump/,
    ],
    ['a duplicate node', edited('Node 0x03', 'Node 0x02'), 24, /twice/],
    ['a missing node', edited(/Node 0x03[\s\S]*?(?=Node 0x04)/, ''), 24, /missing/],
    ['more connections than announced', edited('     0x02 0x04', '     0x02 0x04 0x05'), 28, /3 connections where 2/],
    ['fewer connections than announced', edited('     0x02 0x04\n', '     0x02\n'), 29, /missing/],
    ['a list of 128', edited('Connection: 2', 'Connection: 128'), 27, /127/],
    ['a connection that is no number', edited('     0x02 0x04', '     0x02 0xq'), 28, /no connection list/],
  ];
  for (const [what, text, line, reason] of CASES) {
    it(`HOSTILE-H45: ${what}`, () => {
      const read = () => parseCodecDump(text);
      expect(read).toThrow(CodecDumpError);
      expect(read).toThrow(reason);
      try {
        read();
      } catch (error) {
        expect((error as CodecDumpError).line).toBe(line);
        expect((error as Error).message).not.toContain('\n');
      }
    });
  }
});

describe('odd codecs load and end in bounded work', () => {
  it('HOSTILE-H45: a dump cut off anywhere gives what is there or one clear error', () => {
    const text = dumpOf();
    let loaded = 0;
    for (let length = 0; length < text.length; length++) {
      try {
        new Codec(only(text.slice(0, length)), { outputRateHz: 48000 }).routes();
        loaded++;
      } catch (error) {
        expect(error).toBeInstanceOf(CodecDumpError);
      }
    }
    expect(loaded).toBeGreaterThan(text.length / 2);
  });

  it('HOSTILE-H45: connections to nodes that are not there, to the root and to oneself', () => {
    const odd = only(edited('     0x02 0x04', '     0x00 0x3e').replace('     0x03', '     0x04'));
    const codec = new Codec(odd, { outputRateHz: 48000 });
    expect(codec.routes().pins).toEqual([{ nid: 4, rateHz: 48000, lanes: [-1, -1] }]);
  });

  it('HOSTILE-H45: bytes that are no UTF-8, as a reader of files hands them on, stand in free text and nowhere else', () => {
    const bytes = new TextEncoder().encode(dumpOf());
    const spoiled = (at: string) => {
      const copy = bytes.slice();
      copy[dumpOf().indexOf(at) + 1] = 0xc3; // a lead byte without its follower
      return new TextDecoder().decode(copy);
    };
    expect(only(spoiled('Sample'))).toEqual({ ...only(dumpOf()), name: 'S\ufffdmple' });
    expect(() => parseCodecDump(spoiled('0xa2a1ffff'))).toThrow(CodecDumpError);
  });

  it('HOSTILE-H45: two codecs at one address are two codecs', () => {
    expect(parseCodecDump(dumpOf() + dumpOf())).toHaveLength(2);
  });

  it('HOSTILE-H45: a text of 10 MB is read within a second, and one of 40 MB refused', () => {
    const fastest = (times: number, work: () => void): number => {
      const runs = Array.from({ length: times }, () => {
        const before = process.cpuUsage(); // not the clock: other suites run beside this one
        work();
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      });
      return Math.min(...runs); // other work on the machine only ever adds
    };
    const big = dumpOf().repeat(Math.ceil(10e6 / dumpOf().length));
    expect(fastest(3, () => expect(parseCodecDump(big).length).toBeGreaterThan(4000))).toBeLessThan(1000);
    const noise = `Codec: X\n${'  a line of nothing\n'.repeat(500_000)}`;
    expect(fastest(3, () => expect(() => parseCodecDump(noise)).toThrow(/line 2/))).toBeLessThan(1000);
    expect(() => parseCodecDump('x'.repeat(40e6))).toThrow(/40000000 characters/);
  });
});
