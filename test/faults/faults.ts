/**
 * `npm run faults -- [--seed N] [--minutes M] [--only F1,F7] [--rate R] [--keep]`: real processes under real faults, judged from
 * outside. The report goes to stdout and bench-results/faults-<seed>.md; ends with 0 where it is green, 1 where it is red or void.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../support/tree.ts';
import { planOf, planText } from './plan.ts';
import { isGreen, reportOf } from './report.ts';
import { runPlan } from './run.ts';

const MINUTES = 9.5;
/** Executions a second. */
const RATE = 4;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    rate: { type: 'string' },
    keep: { type: 'boolean' },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const plan = planOf({
  seed: Number(values.seed ?? randomInt(2 ** 31)),
  minutes: Number(values.minutes ?? MINUTES),
  ...(values.only === undefined ? {} : { only: values.only.split(',') }),
});
say(planText(plan));
const verdict = await runPlan(plan, Number(values.rate ?? RATE), say);
const report = reportOf(verdict);
process.stdout.write(`${report}\n`);
const folder = join(ROOT, 'bench-results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `faults-${plan.seed}.md`), report);
const green = isGreen(verdict);
if (green && !values.keep) verdict.remove();
else say(`logs, ledger and data are in ${verdict.folder}`);
process.exit(green ? 0 : 1);
