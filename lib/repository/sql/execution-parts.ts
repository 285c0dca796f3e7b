/** What a search of executions asks, with the indexes that answer it. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ExecutionSearch } from '../repository.ts';
import type { Where } from '../where.ts';
import type { Database } from './database.ts';
import { EXECUTIONS } from './execution-filter.ts';
import { inIndex, type Narrowing, type Part } from './narrow.ts';
import { isOneOf, namesPart, pairsIn } from './pairs.ts';
import { kept } from './rows.ts';
import { equal, fieldsOf, isOver, isTerm, makesGroups, oneOf, partsOf, type Term, valuesOf } from './terms.ts';
import { conditionOf } from './where.ts';

type Asking = Pick<Database, 'db' | 'idiom' | 'isTextIndexed'>;
type Filter = Omit<ExecutionSearch, 'limit' | 'offset' | 'after' | 'sort'>;

const NAMES: ReadonlySet<string> = new Set(['namespace', 'flowId']);
const TIMES: ReadonlySet<string> = new Set(['startMs']);
/** What the indexes of time hold. */
const HELD: ReadonlySet<string> = new Set(['id', 'namespace', 'flowId', 'state', 'startMs', 'endMs']);

/** Undefined where it asks for flows that have no executions. */
export async function executionsNarrowing(
  asking: Asking,
  search: Filter,
): Promise<Pick<Narrowing<'executions'>, 'table' | 'time' | 'tenant' | 'span' | 'parts' | 'basis'> | undefined> {
  const { idiom } = asking;
  const conditionIn = (where: Where<Term>) => conditionOf(where, EXECUTIONS, idiom);
  const terms = termsOf(search);
  const times = terms.filter((where) => isOver(where, TIMES));
  const names = idiom.kind === 'mysql' ? [] : terms.filter((where) => isOver(where, NAMES));
  const pairs =
    names.length > 0 ? await pairsIn(asking, 'executions', search.tenant, conditionIn({ all: names })) : undefined;
  if (pairs && pairs.fitting.length === 0) return undefined;
  const one = pairs?.fitting.length === 1 ? isOneOf(pairs.fitting) : undefined;
  const rest = terms.filter((where) => !times.includes(where) && !names.includes(where));
  const states = rest.map((where) => valuesOf(where, 'state'));
  const state = one ? undefined : states.find((values) => values?.length === 1)?.[0];
  const open = rest.filter((_, n) => state === undefined || states[n]?.[0] !== state || states[n]?.length !== 1);
  const parts = open.map((where) => partOf(where, asking));
  return {
    table: 'executions',
    time: 'start_ms',
    tenant: search.tenant,
    span: [sql<SqlBool>`state is not null`, ...times.map(conditionIn)],
    parts: [
      ...keysOf(search),
      ...namesPart(pairs, conditionIn({ all: names }), asking.idiom, 'executions_of_flow'),
      ...parts,
    ],
    basis: one
      ? { index: 'executions_of_flow', answers: [one] }
      : state
        ? { index: 'executions_of_state', answers: [conditionIn(equal('state', state))] }
        : { index: 'executions_in_time', answers: [] },
  };
}

function termsOf(search: Filter): readonly Where<Term>[] {
  const { states, labels = {}, text, where } = search;
  const texts = {
    namespace: search.namespace,
    flowId: search.flowId,
    triggerExecutionId: search.triggerExecutionId,
  };
  const given: (Where<Term> | undefined)[] = [
    ...Object.entries(texts).map(([field, value]) => (value === undefined ? undefined : equal(field, value))),
    asked(search.namespacePrefix, (value) => ({ field: 'namespace', is: 'below', value })),
    asked(states, (values) => oneOf('state', values)),
    asked(search.startedAfterMs, (value) => ({ field: 'startMs', is: 'atLeast', value })),
    asked(search.startedBeforeMs, (value) => ({ field: 'startMs', is: 'atMost', value })),
    ...Object.entries(labels).map(([label, value]) => ({ label, value })),
    text ? { anywhere: text } : undefined,
  ];
  return [...given.filter((each) => each !== undefined), ...(where ? partsOf(where) : [])];
}

const asked = <V>(value: V | undefined, termOf: (value: V) => Where<Term>) =>
  value === undefined ? undefined : termOf(value);

const key = (condition: Part['condition']): Part => ({ condition, isKey: true, needsRow: true });

const keysOf = ({ parentId, originalId }: Filter): readonly Part[] => [
  ...(parentId === undefined ? [] : [key(sql<SqlBool>`parent_id = ${parentId}`)]),
  ...(originalId === undefined ? [] : [key(sql<SqlBool>`(original_id = ${originalId} or id = ${originalId})`)]),
];

function partOf(where: Where<Term>, { idiom, isTextIndexed }: Asking): Part {
  const condition = conditionOf(where, EXECUTIONS, idiom);
  const needsRow = !fieldsOf(where).every((field) => HELD.has(field));
  const loose = { condition, needsRow };
  if (valuesOf(where, 'id')) return key(condition);
  if (valuesOf(where, 'triggerExecutionId')) return key(condition);
  // MySQL has no such indexes.
  if (idiom.kind === 'mysql') return loose;
  if (valuesOf(where, 'state')) return { ...loose, index: 'executions_of_state', few: 'rows' };
  if (!isTerm(where)) return loose;
  if ('present' in where) return { ...loose, index: 'executions_by_trigger', few: 'rows' };
  if ('label' in where)
    return {
      ...inIndex(condition, idiom, condition),
      ...numbered(idiom.numbersOf?.label({ label: kept(where.label), value: kept(where.value) })),
      few: 'rows',
      needsRow: idiom.numbersOf === undefined,
    };
  if ('anywhere' in where) {
    if (!isTextIndexed || !makesGroups(where)) return loose;
    const may = idiom.mayHold?.(kept(where.anywhere));
    const numbers = idiom.numbersOf?.text('execution_texts', kept(where.anywhere));
    const indexed = inIndex(condition, idiom, may ? sql<SqlBool>`${may} and ${condition}` : condition);
    return { ...indexed, needsRow, ...numbered(numbers), few: 'rows' };
  }
  if (where.field === 'id' && where.is === 'startingWith') return { ...loose, few: 'rows' };
  return loose;
}

const numbered = (numbers: RawBuilder<{ no: number }> | undefined) => (numbers ? { numbers } : {});
