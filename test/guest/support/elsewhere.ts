// Save while playing, restore in a process of its own.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { attachHdAudio } from '../../../src/entries/v86.ts';
import { Guest } from './guest.ts';
import { Heard } from './heard.ts';
import { LOAD, scriptLine, UNMUTE } from './run.ts';
import { snapshot } from './snapshot.ts';

/** Plays the tone three times over, saves in the second, and gives what both processes heard at a pin, joined. */
export async function continueElsewhere(pin: number): Promise<{ sound: Float32Array[]; savedAtFrame: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'azalia-guest-'));
  const heard = new Heard();
  const state = await snapshot(); // before the guest is made: it may boot one of its own, with its own clock
  const guest = await Guest.create({ clock: 'virtual' });
  const card = await attachHdAudio(guest.emulator, {
    onOutput: (channels, rateHz, at) => {
      if (at === pin) heard.add(channels, rateHz);
    },
  });
  await guest.emulator.restore_state(state);
  const play =
    'tail -c +45 /tone.wav > /tmp/t; cat /tmp/t /tmp/t /tmp/t | aplay -D hw:0,0 -t raw -f S16_LE -c 2 -r 48000';
  guest.send(scriptLine([LOAD, UNMUTE, play]));
  const playing = guest.until('Playing raw');
  guest.emulator.run();
  try {
    await playing;
    const until = heard.frames + 60_000;
    while (heard.frames < until) await new Promise((done) => setTimeout(done, 2));
    await guest.emulator.stop();
    writeFileSync(join(folder, 'state'), new Uint8Array(await guest.emulator.save_state()));
  } finally {
    card.detach();
    await guest.close();
  }
  const savedAtFrame = heard.sound[0]?.length ?? 0;

  try {
    const script = join(resolve('node_modules'), '.cache', 'azalia-guest', `continue.${process.pid}.mjs`);
    await build({
      entryPoints: [resolve('test/guest/support/continue.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['v86'],
      logLevel: 'error',
      alias: { 'azalia/codec': resolve('src/entries/codec.ts') },
    });
    const args = ['--no-concurrent-recompilation', script, folder, String(pin)]; // nodejs/node#54918, as in cli.ts
    await promisify(execFile)(process.execPath, args, { timeout: 240_000, killSignal: 'SIGKILL' });
    rmSync(script);
    const [left, right] = ['left', 'right'].map(
      (name) => new Float32Array(new Uint8Array(readFileSync(join(folder, name))).buffer),
    );
    heard.add([left as Float32Array, right as Float32Array], heard.rateHz);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { sound: heard.sound, savedAtFrame };
}
