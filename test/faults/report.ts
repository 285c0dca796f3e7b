/** The verdict as Markdown. */
import { quantile } from './phases/account.ts';
import { planText } from './plan.ts';
import type { Verdict } from './run.ts';

const DETAILS_MAX = 12;

const isWhole = ({ broken, missed }: Verdict): boolean =>
  [...broken.values()].every(({ length }) => length === 0) && missed.length === 0;

/** Nothing is wrong, but a planned fault was not seen. */
export const isVoid = (verdict: Verdict): boolean => isWhole(verdict) && verdict.void.length > 0;

export const isGreen = (verdict: Verdict): boolean => isWhole(verdict) && verdict.void.length === 0;

export function reportOf(verdict: Verdict): string {
  const { plan, accounts, broken, missed, unjudged, numbers } = verdict;
  return [
    `# Faults, seed ${plan.seed}: ${isGreen(verdict) ? 'green' : isVoid(verdict) ? 'void' : 'red'}`,
    '',
    '```',
    planText(plan).trimEnd(),
    '```',
    '',
    '| fault | injected | seen | recovery p50 / p99 / max, ms | of the machine, others had |',
    '|---|---|---|---|---|',
    ...accounts.map(
      ({ id, title, injected, sights, recoveries, othersShare }) =>
        `| ${id} ${title} | ${injected} | ${listOf(sights)} | ${Array.from(recoveries, ([name, values]) => `${name}: ${quantile(values, 0.5)} / ${quantile(values, 0.99)} / ${quantile(values, 1)} (${values.length})`).join('<br>')} | ${Math.round(othersShare * 100)} % |`,
    ),
    '',
    '| invariant | |',
    '|---|---|',
    ...Array.from(
      broken,
      ([name, details]) => `| ${name} | ${details.length === 0 ? 'holds' : `**broken ${details.length} times**`} |`,
    ),
    '',
    '| | |',
    '|---|---|',
    ...numbers.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    ...section('Void: planned and not seen', verdict.void),
    ...section('Goals that were missed', missed),
    ...section('Too late and not judged: others use the machine too', unjudged),
    ...[...broken].flatMap(([name, details]) => section(`Broken: ${name}`, details)),
  ].join('\n');
}

const listOf = (counts: ReadonlyMap<string, number>): string =>
  Array.from(counts, ([what, count]) => `${what} ${count}`).join(', ');

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > DETAILS_MAX ? [`- … and ${lines.length - DETAILS_MAX} more`] : [];
  return [`## ${title}`, '', ...lines.slice(0, DETAILS_MAX).map((line) => `- ${line}`), ...more, ''];
}
