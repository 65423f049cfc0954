import { describe, expect, it } from 'vitest';
import { decodeConfigurationDefault, encodeConfigurationDefault } from '../../src/hda/configuration-default.ts';
import { encodeAmpCaps, widgetChannels, widgetType } from '../../src/hda/parameters.ts';
import {
  blockBytes,
  decodeFormat,
  encodeFormat,
  encodePcmCapabilities,
  formatRateHz,
  pcmCapabilityRates,
  pcmCapabilitySizes,
  type SampleBits,
} from '../../src/hda/pcm.ts';
import { REGISTERS, STREAM_REGISTERS } from '../../src/hda/register-table.ts';
import {
  command8,
  command16,
  commandAddress,
  commandIsShort,
  commandNid,
  commandPayload,
  commandVerb,
} from '../../src/hda/verbs.ts';

// Typed from the reference by hand, not from src/hda: offset, bytes, reset, writable, write-1-to-clear (§2.1–2.3).
const GLOBAL: [string, number, number, number, number, number][] = [
  ['GCAP', 0x00, 2, 0x4401, 0, 0],
  ['VMIN', 0x02, 1, 0x00, 0, 0],
  ['VMAJ', 0x03, 1, 0x01, 0, 0],
  ['OUTPAY', 0x04, 2, 0x3c, 0, 0],
  ['INPAY', 0x06, 2, 0x1d, 0, 0],
  ['GCTL', 0x08, 4, 0, 0x103, 0],
  ['WAKEEN', 0x0c, 2, 0, 0x7fff, 0],
  ['STATESTS', 0x0e, 2, 0, 0, 0x7fff],
  ['GSTS', 0x10, 2, 0, 0, 0x2],
  ['OUTSTRMPAY', 0x18, 2, 0x30, 0, 0],
  ['INSTRMPAY', 0x1a, 2, 0x18, 0, 0],
  ['INTCTL', 0x20, 4, 0, 0xffffffff, 0],
  ['INTSTS', 0x24, 4, 0, 0, 0],
  ['WALCLK', 0x30, 4, 0, 0, 0],
  ['SSYNC', 0x34, 4, 0, 0x3fffffff, 0],
  ['SSYNC', 0x38, 4, 0, 0x3fffffff, 0],
  ['CORBLBASE', 0x40, 4, 0, 0xffffff80, 0],
  ['CORBUBASE', 0x44, 4, 0, 0xffffffff, 0],
  ['CORBWP', 0x48, 2, 0, 0xff, 0],
  ['CORBRP', 0x4a, 2, 0, 0x8000, 0],
  ['CORBCTL', 0x4c, 1, 0, 0x3, 0],
  ['CORBSTS', 0x4d, 1, 0, 0, 0x1],
  ['CORBSIZE', 0x4e, 1, 0x42, 0, 0],
  ['RIRBLBASE', 0x50, 4, 0, 0xffffff80, 0],
  ['RIRBUBASE', 0x54, 4, 0, 0xffffffff, 0],
  ['RIRBWP', 0x58, 2, 0, 0, 0],
  ['RINTCNT', 0x5a, 2, 0, 0xff, 0],
  ['RIRBCTL', 0x5c, 1, 0, 0x7, 0],
  ['RIRBSTS', 0x5d, 1, 0, 0, 0x5],
  ['RIRBSIZE', 0x5e, 1, 0x42, 0, 0],
  ['ICOI', 0x60, 4, 0, 0xffffffff, 0],
  ['ICII', 0x64, 4, 0, 0, 0],
  ['ICIS', 0x68, 2, 0, 0x1, 0x2],
  ['DPLBASE', 0x70, 4, 0, 0xffffff81, 0],
  ['DPUBASE', 0x74, 4, 0, 0xffffffff, 0],
];

// §2.4
const STREAM: [string, number, number, number, number, number][] = [
  ['SDnCTL', 0x00, 3, 0x040000, 0xff001f, 0], // 18 TP is hardwired 1 on ICH: see below
  ['SDnSTS', 0x03, 1, 0, 0, 0x1c],
  ['SDnLPIB', 0x04, 4, 0, 0, 0],
  ['SDnCBL', 0x08, 4, 0, 0xffffffff, 0],
  ['SDnLVI', 0x0c, 2, 0, 0xff, 0],
  ['SDnFIFOW', 0x0e, 2, 0x4, 0x7, 0],
  ['SDnFIFOS', 0x10, 2, 0xbf, 0, 0],
  ['SDnFMT', 0x12, 2, 0, 0xff7f, 0],
  ['SDnBDPL', 0x18, 4, 0, 0xffffff80, 0],
  ['SDnBDPU', 0x1c, 4, 0, 0xffffffff, 0],
];

describe('registers are as the reference prints them', () => {
  it.each(GLOBAL)('%s (§2.1–2.3)', (name, offset, bytes, reset, writable, clears) => {
    const row = REGISTERS.find((register) => register.offset === offset);
    expect(row).toMatchObject({ name, bytes, reset, clears });
    expect((row?.writable ?? 0) >>> 0).toBe(writable);
  });

  it.each(STREAM)('%s (§2.4)', (name, offset, bytes, reset, writable, clears) => {
    const row = STREAM_REGISTERS.find((register) => register.offset === offset);
    expect(row).toMatchObject({ name, bytes, reset, clears });
    expect((row?.writable ?? 0) >>> 0).toBe(writable);
  });

  it('no register is missing or twice', () => {
    expect(REGISTERS.length).toBe(GLOBAL.length);
    expect(STREAM_REGISTERS.length).toBe(STREAM.length);
    expect(new Set(REGISTERS.map((row) => row.offset)).size).toBe(GLOBAL.length);
  });

  it('only the resume well is sticky (§2.1)', () => {
    expect(REGISTERS.filter((row) => row.sticky).map((row) => row.name)).toEqual(['WAKEEN', 'STATESTS']);
  });
});

// hdaudio-ddi §3.5, worked table, stereo: 8, 16, 20, 24, 32 bits
const FORMATS: [number, number[]][] = [
  [8000, [0x0501, 0x0511, 0x0521, 0x0531, 0x0541]],
  [11025, [0x4301, 0x4311, 0x4321, 0x4331, 0x4341]],
  [16000, [0x0201, 0x0211, 0x0221, 0x0231, 0x0241]],
  [22050, [0x4101, 0x4111, 0x4121, 0x4131, 0x4141]],
  [32000, [0x0a01, 0x0a11, 0x0a21, 0x0a31, 0x0a41]],
  [44100, [0x4001, 0x4011, 0x4021, 0x4031, 0x4041]],
  [48000, [0x0001, 0x0011, 0x0021, 0x0031, 0x0041]],
  [88200, [0x4801, 0x4811, 0x4821, 0x4831, 0x4841]],
  [96000, [0x0801, 0x0811, 0x0821, 0x0831, 0x0841]],
  [176400, [0x5801, 0x5811, 0x5821, 0x5831, 0x5841]],
  [192000, [0x1801, 0x1811, 0x1821, 0x1831, 0x1841]],
  [9600, [0x0401, 0x0411, 0x0421, 0x0431, 0x0441]],
  [6000, [0x0701, 0x0711, 0x0721, 0x0731, 0x0741]],
  [24000, [0x0101, 0x0111, 0x0121, 0x0131, 0x0141]],
  [144000, [0x1001, 0x1011, 0x1021, 0x1031, 0x1041]],
];
const SIZES: SampleBits[] = [8, 16, 20, 24, 32];

describe('stream format', () => {
  it.each(FORMATS)('%i Hz has the codes of the worked table (hdaudio-ddi §3.5)', (rateHz, codes) => {
    for (const [index, bits] of SIZES.entries()) {
      expect(encodeFormat({ rateHz, bits, channels: 2 })).toBe(codes[index]);
      expect(decodeFormat(codes[index] ?? 0)).toEqual({ rateHz, bits, channels: 2 });
    }
  });

  it.each([44000, 0, 384000, 12000, Number.NaN])('%s Hz has no code (hdaudio-ddi §3.5)', (rateHz) => {
    expect(encodeFormat({ rateHz, bits: 16, channels: 2 })).toBeNull();
  });

  it.each([0, 17, 1.5])('%s channels have no code', (channels) => {
    expect(encodeFormat({ rateHz: 48000, bits: 16, channels })).toBeNull();
  });

  it('16 channels end in F; non-PCM and reserved codes are no PCM (§4)', () => {
    expect(encodeFormat({ rateHz: 44100, bits: 16, channels: 16 })).toBe(0x401f);
    for (const format of [0x8011, 0x2011, 0x0051, 0x0071]) expect(decodeFormat(format)).toBeNull();
  });

  it('a block is a container of each channel: 8 bits 1 byte, 16 bits 2, the rest 4 (§3.10)', () => {
    expect([0x0001, 0x0011, 0x0021, 0x0031, 0x0047].map(blockBytes)).toEqual([2, 4, 8, 8, 32]);
    expect(formatRateHz(0x4700)).toBe(44100 / 8);
  });
});

it('parameter 0A: rates in 11:0, sizes in 20:16 (§5.2)', () => {
  const all = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000];
  expect(encodePcmCapabilities(all, SIZES)).toBe(0x1f07ff);
  expect(pcmCapabilityRates(0x20160)).toEqual([44100, 48000, 96000]);
  expect(pcmCapabilitySizes(0xe0000)).toEqual([16, 20, 24]);
});

describe('commands (§5.1)', () => {
  it('a short verb has 12 bits of id and 8 of payload', () => {
    const word = command8(2, 0x14, 0x707, 0x40);
    expect(word).toBe(0x21470740);
    expect([commandAddress(word), commandNid(word), commandVerb(word), commandPayload(word)]).toEqual([
      2, 0x14, 0x707, 0x40,
    ]);
    expect(commandIsShort(word)).toBe(true);
  });

  it('a long verb has 4 bits of id and 16 of payload', () => {
    const word = command16(15, 0x02, 0x3, 0xb034);
    expect(word).toBe(0xf023b034);
    expect([commandAddress(word), commandNid(word), commandVerb(word), commandPayload(word)]).toEqual([
      15, 0x02, 0x3, 0xb034,
    ]);
    expect(commandIsShort(word)).toBe(false);
  });
});

it('widget capabilities: type in 23:20, channels from 15:13 and bit 0 (§5.3)', () => {
  expect([widgetType(0x41_0581), widgetType(0xf0_0000)]).toEqual([4, 15]);
  expect([widgetChannels(0x0), widgetChannels(0x1), widgetChannels(0xe611)]).toEqual([1, 2, 16]);
});

it('amp capabilities: mute, step size less one, steps, offset (§5.7)', () => {
  expect(encodeAmpCaps(0x73, 0x7f, 2, true)).toBe(0x8001_7f73); // CS4207: 0.5 dB steps, offset 73h
});

it('configuration default: the PC-like set of §5.14 decodes and encodes', () => {
  expect(decodeConfigurationDefault(0x01014010)).toEqual({
    connectivity: 0,
    location: 1,
    device: 0,
    connection: 1,
    color: 4,
    misc: 0,
    association: 1,
    sequence: 0,
  });
  for (const value of [0x01014010, 0x01a19030, 0x01813040, 0x0221401f, 0x90170110, 0x411111f0])
    expect(encodeConfigurationDefault(decodeConfigurationDefault(value))).toBe(value);
});
