/** What a search of log lines asks, with the indexes that answer it. */
import { type SqlBool, sql } from 'kysely';
import type { LineSearch } from '../repository.ts';
import type { Where } from '../where.ts';
import type { Database } from './database.ts';
import { LINES } from './line-filter.ts';
import { inIndex, type Narrowing, type Part } from './narrow.ts';
import { isOneOf, namesPart, pairsIn } from './pairs.ts';
import { kept } from './rows.ts';
import { equal, fieldsOf, isOver, isTerm, makesGroups, oneOf, partsOf, type Term, valuesOf } from './terms.ts';
import { conditionOf } from './where.ts';

type Asking = Pick<Database, 'db' | 'idiom' | 'isTextIndexed'>;

const NAMES: ReadonlySet<string> = new Set(['namespace', 'flowId']);
const TIMES: ReadonlySet<string> = new Set(['atMs']);
const HELD: ReadonlySet<string> = new Set(['namespace', 'flowId', 'level', 'atMs']);
/** Levels with an index of their own, which the rest of the lines is not in. */
const GRAVE: ReadonlySet<string> = new Set(['WARN', 'ERROR']);
const IS_GRAVE = sql<SqlBool>`level in ('WARN', 'ERROR')`;

/** Undefined where it asks for flows that have no lines. */
export async function linesNarrowing(
  asking: Asking,
  search: LineSearch,
): Promise<Pick<Narrowing<'logs'>, 'table' | 'time' | 'span' | 'parts' | 'basis'> | undefined> {
  const { idiom } = asking;
  const conditionIn = (where: Where<Term>) => conditionOf(where, LINES, idiom);
  const terms = termsOf(search);
  const times = terms.filter((where) => isOver(where, TIMES));
  const keys = terms.filter((where) => valuesOf(where, 'executionId'));
  // Those of an execution are few: their flow is judged on their rows.
  const isNarrow = idiom.kind === 'mysql' || keys.length > 0;
  const names = isNarrow ? [] : terms.filter((where) => isOver(where, NAMES));
  const pairs = names.length > 0 ? await pairsIn(asking, 'logs', undefined, conditionIn({ all: names })) : undefined;
  if (pairs && pairs.fitting.length === 0) return undefined;
  const one = pairs?.fitting.length === 1 ? isOneOf(pairs.fitting) : undefined;
  const rest = terms.filter((where) => !times.includes(where) && !names.includes(where));
  const isGrave = rest.some((where) => valuesOf(where, 'level')?.every((level) => GRAVE.has(level)));
  return {
    table: 'logs',
    time: 'at_ms',
    span: times.map(conditionIn),
    parts: [
      ...namesPart(pairs, conditionIn({ all: names }), asking.idiom, 'logs_of_flow'),
      ...rest.map((where) => partOf(where, asking)),
    ],
    basis: one
      ? { index: 'logs_of_flow', answers: [one] }
      : isGrave
        ? { index: 'logs_grave', answers: [IS_GRAVE] }
        : { index: 'logs_in_time', answers: [] },
  };
}

function termsOf(search: LineSearch): readonly Where<Term>[] {
  const { executionId, namespace, flowId, taskRunId, taskId, attempt, levels, text, where } = search;
  const texts = { executionId, namespace, flowId, taskRunId, taskId };
  const given: (Where<Term> | undefined)[] = [
    ...Object.entries(texts).map(([field, value]) => (value === undefined ? undefined : equal(field, value))),
    attempt === undefined ? undefined : { field: 'attempt', is: 'equal', value: attempt },
    levels === undefined ? undefined : oneOf('level', levels),
    text ? { anywhere: text } : undefined,
  ];
  return [...given.filter((each) => each !== undefined), ...(where ? partsOf(where) : [])];
}

function partOf(where: Where<Term>, { idiom, isTextIndexed }: Asking): Part {
  const condition = conditionOf(where, LINES, idiom);
  const needsRow = !fieldsOf(where).every((field) => HELD.has(field));
  if (valuesOf(where, 'executionId')) return { condition, isKey: true, index: 'logs_key', needsRow };
  const isText = isTerm(where) && 'anywhere' in where && makesGroups(where);
  if (!isText || !isTextIndexed) return { condition, needsRow };
  const numbers = idiom.numbersOf?.text('line_texts', kept(where.anywhere));
  return { ...inIndex(condition, idiom, condition), needsRow, few: 'rows', ...(numbers ? { numbers } : {}) };
}
