// The fuzzer on the command line: seeds, steps and time as bounds; prints each seed and its rate.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

/** Exit code: 0, or 1 when something did not hold. Findings go to `folder`. */
export async function run(args: string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '4' },
      from: { type: 'string', default: '1' },
      steps: { type: 'string', default: '2500000' },
      seconds: { type: 'string', default: '600' },
    },
  });
  const [seeds, from, steps, seconds] = [values.seeds, values.from, values.steps, values.seconds].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const start = performance.now();
  let total = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const began = performance.now();
    const result = await fuzz(seed, steps, () => performance.now() - start > seconds * 1000);
    const elapsed = (performance.now() - began) / 1000;
    total += result.steps;
    console.log(
      `seed ${seed}: ${result.steps} steps in ${elapsed.toFixed(1)} s, ${Math.round(result.steps / elapsed)} a second`,
    );
    if (result.finding) {
      const file = `${folder}seed-${seed}-step-${result.finding.step}.json`;
      writeFileSync(file, `${JSON.stringify(result.finding)}\n`);
      console.log(`${result.finding.message}\nwritten to ${file}`);
      return 1;
    }
  }
  console.log(`${total} steps in ${((performance.now() - start) / 1000).toFixed(1)} s, nothing found`);
  return 0;
}
