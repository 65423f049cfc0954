// Stream formats: HDAUDIO_STREAM_FORMAT to converter format, and what a stream costs on the link (hdaudio-ddi §2.3, §3.5).

import type { HDAUDIO_CONVERTER_FORMAT, HDAUDIO_STREAM_FORMAT } from '../ddi/hdaudio.ts';
import { encodeFormat, formatRateHz, PCM_SIZES, type SampleBits } from '../hda/pcm.ts';
import { formatBitsCode, formatChannels } from '../hda/stream-format.ts';
import { FRAME_HZ, INPUT_STREAM_WORDS, OUTPUT_STREAM_WORDS } from '../hda/timing.ts';

export type Direction = 'render' | 'capture';

/**
 * The one code of a format, or null where it has none. Size is ValidBitsPerSample; the container must be the one that
 * the hardware packs it in, so that formats and codes map one to one (§3.5, strict reading of the ○ cells).
 */
export function converterFormat(format: HDAUDIO_STREAM_FORMAT | null): HDAUDIO_CONVERTER_FORMAT | null {
  const size = PCM_SIZES.find((row) => row.bits === format?.ValidBitsPerSample);
  if (!format || !size || size.containerBytes * 8 !== format.ContainerSize) return null;
  return encodeFormat({
    rateHz: format.SampleRate,
    bits: format.ValidBitsPerSample as SampleBits,
    channels: format.NumberOfChannels,
  });
}

const sampleBits = (format: HDAUDIO_CONVERTER_FORMAT): number =>
  PCM_SIZES.find((row) => row.code === formatBitsCode(format))?.bits ?? 32;

const blocksPerFrame = (format: HDAUDIO_CONVERTER_FORMAT): number => Math.ceil(formatRateHz(format) / FRAME_HZ);

/** Bits of one link frame that the stream needs at most; over `lines` data lines each carries its share. */
export function linkBits(format: HDAUDIO_CONVERTER_FORMAT, lines: number): number {
  return (formatChannels(format) * sampleBits(format) * blocksPerFrame(format)) / lines;
}

/** Whether one engine's FIFO takes a link frame of the format: samples in whole bytes (§2.3, inferred). */
export function fitsFifo(format: HDAUDIO_CONVERTER_FORMAT, direction: Direction): boolean {
  const bytes = formatChannels(format) * Math.ceil(sampleBits(format) / 8) * blocksPerFrame(format);
  return bytes <= 2 * (direction === 'render' ? OUTPUT_STREAM_WORDS : INPUT_STREAM_WORDS);
}
