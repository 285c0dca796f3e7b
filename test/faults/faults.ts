/**
 * `npm run faults -- [--seed N] [--minutes M] [--only F1,F7] [--rate R] [--short] [--keep]`: real processes under real faults, judged
 * from outside. Reports go to stdout and bench-results/faults-<seed>.md; ends with 0 where all is green, 1 where it is red or void.
 * `--short` is what CI runs: a minute of faults with a fixed seed and one with a random seed, in which times are not judged.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textOf } from '../../lib/errors.ts';
import { ROOT } from '../support/tree.ts';
import { type Plan, plansOf, planText } from './plan.ts';
import { isGreen, isVoid, reportOf } from './report.ts';
import { runPlan, type Verdict } from './run.ts';

const MINUTES = 9.5;
/** Executions a second. */
const RATE = 4;
const FIXED_SEED = 1;
/** A fault that did not bite says nothing: another seed gets its chance, once. */
const SHORT_TRIES = 2;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    rate: { type: 'string' },
    short: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const { short } = values;
const random = randomInt(2 ** 31);

let [passed, failed] = [0, 0];
for (const seed of seeds()) {
  if (await isGreenWith(seed)) passed++;
  else failed++;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

function seeds(): readonly number[] {
  if (values.seed !== undefined) return [Number(values.seed)];
  return short ? [FIXED_SEED, random] : [random];
}

async function isGreenWith(seed: number): Promise<boolean> {
  for (let n = 0; n < (short ? SHORT_TRIES : 1); n++) {
    const verdicts: Verdict[] = [];
    for (const plan of plansWith(seed + n)) verdicts.push(await judged(plan));
    if (!verdicts.some(isVoid)) return verdicts.every(isGreen);
  }
  return false;
}

function plansWith(seed: number): readonly Plan[] {
  const minutes = Number(values.minutes ?? MINUTES);
  try {
    return plansOf({ seed, minutes, short, ...(values.only === undefined ? {} : { only: values.only.split(',') }) });
  } catch (error) {
    say(textOf(error));
    process.exit(2);
  }
}

async function judged(plan: Plan): Promise<Verdict> {
  say(planText(plan));
  const verdict = await runPlan(plan, Number(values.rate ?? RATE), say);
  const report = reportOf(verdict);
  process.stdout.write(`${report}\n`);
  const folder = join(ROOT, 'bench-results');
  mkdirSync(folder, { recursive: true });
  const kind = plan.ground === 'single' ? '' : `-${plan.ground}`;
  writeFileSync(join(folder, `faults-${plan.seed}${kind}.md`), report);
  if (isGreen(verdict) && !values.keep) verdict.remove();
  else say(`logs, ledger and data are in ${verdict.folder}`);
  return verdict;
}
