// A program for the guest: plays a WAV's samples with SNDRV_PCM_HW_PARAMS_NO_PERIOD_WAKEUP, which no tool in it can ask for,
// and writes by the clock instead. It is a list of system calls, and a loop of a few instructions that makes them.

import { gzipSync } from 'node:zlib';

const LOAD_ADDRESS = 0x08048000;
const ELF_HEADERS = 52 + 32;

const SYS = { exit: 1, read: 3, open: 5, lseek: 19, ioctl: 54, nanosleep: 162 } as const;
const O_RDWR_NONBLOCK = 0x802;
const [WAV, PCM] = [3, 4]; // descriptors, in the order of opening

// <sound/asound.h>, i386
const IOCTL = { hwParams: 0xc25c4111, swParams: 0xc0684113, prepare: 0x4140, write: 0x400c4150 } as const;
const NO_PERIOD_WAKEUP = 1 << 2;
const MASKS = { access: [0, 3], format: [1, 2], subformat: [2, 0] } as const; // RW_INTERLEAVED, S16_LE, STD
const INTERVALS = { channels: 2, rate: 3, periodSize: 5, bufferSize: 9 } as const;
const INTERVAL_COUNT = 12;
const BUFFER_FRAMES = 16_384;
const PERIOD_FRAMES = 4096;
const BOUNDARY = 0x4000_0000; // pcm_native.c: the buffer's frames, doubled while they fit into a long
const AHEAD_FRAMES = 8192;
const STEP_FRAMES = 2048;
const STEP_NANOSECONDS = 42_000_000; // of 42.7 ms: what it takes beyond comes out of what is ahead
const DRAIN_NANOSECONDS = 400_000_000;

/** While a system call succeeds, the next; else exit with the error's number. */
const LOOP = [
  ...[0x8b, 0x06, 0x8b, 0x5e, 0x04, 0x8b, 0x4e, 0x08, 0x8b, 0x56, 0x0c], // mov eax, ebx, ecx, edx, [esi…]
  ...[0xcd, 0x80, 0x85, 0xc0, 0x78, 0x05, 0x83, 0xc6, 0x10, 0xeb, 0xe8], // int 80h; test eax; js; add esi, 16; jmp
  ...[0xf7, 0xd8, 0x89, 0xc3, 0x31, 0xc0, 0x40, 0xcd, 0x80], // neg eax; mov ebx, eax; xor eax, eax; inc eax; int 80h
];
const CODE_BYTES = 5 + LOOP.length;

/** A shell command that makes the program at `path`. It plays `frames` frames of 48 kHz stereo, behind 44 bytes of header. */
export function makePlayer(path: string, wav: string, frames: number): string {
  const program = gzipSync(playerProgram(wav, frames)).toString('base64');
  return `echo ${program} | base64 -d | gzip -dc > ${path}; chmod 755 ${path}`;
}

function playerProgram(wav: string, frames: number): Uint8Array {
  const data = new Data();
  const samples = 0x09000000; // far above the file; the header asks for memory up to its end
  const [wavName, pcmName] = [data.text(wav), data.text('/dev/snd/pcmC0D0p')];
  const [hardware, software] = [data.words(hardwareParameters()), data.words(softwareParameters())];
  const [step, drain] = [data.words([0, STEP_NANOSECONDS]), data.words([0, DRAIN_NANOSECONDS])];
  const calls: number[][] = [
    [SYS.open, wavName, 0, 0],
    [SYS.lseek, WAV, 44, 0],
    [SYS.read, WAV, samples, 4 * frames],
    [SYS.open, pcmName, O_RDWR_NONBLOCK, 0],
    [SYS.ioctl, PCM, IOCTL.hwParams, hardware],
    [SYS.ioctl, PCM, IOCTL.swParams, software],
    [SYS.ioctl, PCM, IOCTL.prepare, 0],
  ];
  for (let at = 0; at < frames; ) {
    const count = at === 0 ? AHEAD_FRAMES : Math.min(STEP_FRAMES, frames - at);
    if (at > 0) calls.push([SYS.nanosleep, step, 0, 0]);
    calls.push([SYS.ioctl, PCM, IOCTL.write, data.words([0, samples + 4 * at, count])]);
    at += count;
  }
  calls.push([SYS.nanosleep, drain, 0, 0], [SYS.exit, 0, 0, 0]);
  return executable(data.bytes, data.words(calls.flat()), samples + 4 * frames - LOAD_ADDRESS);
}

/** struct snd_pcm_hw_params: everything open but what is named. */
function hardwareParameters(): number[] {
  const words = new Array<number>(151).fill(0); // 604 bytes
  words[0] = NO_PERIOD_WAKEUP;
  for (const [index, bit] of Object.values(MASKS)) words[1 + 8 * index] = 1 << bit;
  const intervals = 1 + 8 * (3 + 5);
  for (let n = 0; n < INTERVAL_COUNT; n++) words[intervals + 3 * n + 1] = 0xffffffff;
  const set = (n: number, value: number) => words.splice(intervals + 3 * n, 3, value, value, 1 << 2);
  set(INTERVALS.channels, 2);
  set(INTERVALS.rate, 48_000);
  set(INTERVALS.periodSize, PERIOD_FRAMES);
  set(INTERVALS.bufferSize, BUFFER_FRAMES);
  words[128] = 0xffffffff; // rmask: look at all of them
  return words;
}

/** struct snd_pcm_sw_params: starts when AHEAD_FRAMES are there, never stops, silence behind the last frame. */
function softwareParameters(): number[] {
  const words = new Array<number>(26).fill(0); // 104 bytes
  return words.with(1, 1).with(3, 1).with(5, AHEAD_FRAMES).with(6, BOUNDARY).with(8, BOUNDARY);
}

/** What follows the code. */
class Data {
  readonly #bytes: number[] = [];

  get bytes(): readonly number[] {
    return this.#bytes;
  }

  text(text: string): number {
    return this.#add([...Buffer.from(`${text}\0`)]);
  }

  words(words: readonly number[]): number {
    return this.#add([...new Uint8Array(Uint32Array.from(words).buffer)]);
  }

  /** Its address. */
  #add(bytes: readonly number[]): number {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
    const at = LOAD_ADDRESS + ELF_HEADERS + CODE_BYTES + this.#bytes.length;
    this.#bytes.push(...bytes);
    return at;
  }
}

/** ELF32 with one segment that is all of the file, and memory behind it. */
function executable(data: readonly number[], calls: number, memoryBytes: number): Uint8Array {
  const bytes = new Uint8Array(ELF_HEADERS + CODE_BYTES + data.length);
  const view = new DataView(bytes.buffer);
  const words = (at: number, ...values: number[]) => {
    for (const [n, value] of values.entries()) view.setUint32(at + 4 * n, value, true);
  };
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]); // 32 bits, little-endian
  words(16, 0x0003_0002, 1, LOAD_ADDRESS + ELF_HEADERS, 52); // EXEC, 386; entry; program headers
  words(40, 0x0020_0034, 1); // sizes of both headers; one of them
  words(52, 1, 0, LOAD_ADDRESS, LOAD_ADDRESS, bytes.length, memoryBytes, 7, 0x1000); // LOAD, read, write, execute
  bytes.set([0xbe, ...new Uint8Array(Uint32Array.of(calls).buffer), ...LOOP], ELF_HEADERS); // mov esi, calls
  bytes.set(data, ELF_HEADERS + CODE_BYTES);
  return bytes;
}
