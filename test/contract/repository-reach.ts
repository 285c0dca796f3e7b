/**
 * What every adapter of the repository must do where it does not look at all rows: whatever a search asks, however little it looks at
 * at a time, it finds what a look at every row finds; a list for eyes finds all of that up to where it says that it ended.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { State } from '../../lib/model/state.ts';
import type { ExecutionRow, ExecutionSearch, LineSearch, Repository } from '../../lib/repository/repository.ts';
import type { Reach } from '../../lib/repository/sql/reach.ts';
import type { ExecutionWhere } from '../../lib/repository/where.ts';
import { Dice } from '../simulation/random.ts';
import { aBatch, aHead, aLine, anExecution, aStart, T0 } from '../support/rows.ts';

const REACH: Reach = { rows: 8, entries: 12, scannedEntries: 20, scannedRows: 15 };
const COUNT = 120;
const SEARCHES = 150;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

const pick = <T>(dice: Dice, of: readonly T[]): T => of[dice.below(of.length)]!;

const NAMESPACES = ['company', 'company.team', 'company.team.below', 'companys', 'rare'];
const FLOWS = ['hello', 'load', 'other'];
const STATES: readonly State[] = ['SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED', 'RUNNING', 'KILLED'];
const TEAMS = ['red', 'red', 'blue', 'green'];

interface Known {
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly state: State;
  readonly startMs: number;
  readonly endMs?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly cause?: string;
}

function knownOf(dice: Dice): readonly Known[] {
  return Array.from({ length: COUNT }, (_, n) => {
    const state = n === 77 ? 'CANCELLED' : pick(dice, STATES);
    const startMs = T0 + dice.below(COUNT) * 10;
    return {
      id: `${pick(dice, ['a', 'b', 'B'])}${dice.below(3)}x${n}`,
      namespace: n === 50 ? 'rare' : NAMESPACES[dice.below(4)]!,
      flowId: pick(dice, FLOWS),
      state,
      startMs,
      ...(state === 'RUNNING' ? {} : { endMs: startMs + dice.below(50) }),
      labels: { team: pick(dice, TEAMS), number: String(n) },
      ...(dice.below(12) === 0 ? { cause: 'parent' } : {}),
    };
  });
}

function rowOf({ id, namespace, flowId, state, startMs, endMs, labels, cause }: Known, n: number): ExecutionRow {
  const history = [['CREATED', startMs] as const, [state, endMs ?? startMs + 1] as const];
  const start = aStart(id, { namespace, flowId, createdAtMs: startMs, ...(cause ? { parentId: cause } : {}) });
  return anExecution(id, n + 1, { start, head: { ...aHead([]), history, labels } });
}

/** A part of a search, and what it says of an execution. */
type Part = readonly [asked: Partial<ExecutionSearch> | ExecutionWhere, fits: (known: Known) => boolean];

const isBelow = (namespace: string, prefix: string) => namespace === prefix || namespace.startsWith(`${prefix}.`);
const holds = ({ id, namespace, flowId, labels }: Known, text: string) =>
  [id, namespace, flowId, JSON.stringify(labels)].some((each) => each.toLowerCase().includes(text.toLowerCase()));

const PARTS: readonly ((dice: Dice, known: readonly Known[]) => Part)[] = [
  (dice) => {
    const state = pick(dice, [...STATES, 'CANCELLED', 'PAUSED'] as const);
    return [{ states: [state] }, (each) => each.state === state];
  },
  (dice) => {
    const states = [pick(dice, STATES), 'CANCELLED'];
    return [
      { any: states.map((value) => ({ field: 'state', is: 'equal', value }) as const) },
      ({ state }) => states.includes(state),
    ];
  },
  () => [{ not: { field: 'state', is: 'equal', value: 'SUCCESS' } }, ({ state }) => state !== 'SUCCESS'],
  (dice) => {
    const prefix = pick(dice, [...NAMESPACES, 'none']);
    return [{ namespacePrefix: prefix }, ({ namespace }) => isBelow(namespace, prefix)];
  },
  (dice) => {
    const value = pick(dice, NAMESPACES);
    return [{ not: { field: 'namespace', is: 'equal', value } }, ({ namespace }) => namespace !== value];
  },
  (dice) => {
    const flowId = pick(dice, FLOWS);
    return [{ flowId }, (each) => each.flowId === flowId];
  },
  (dice) => {
    const team = pick(dice, [...TEAMS, 'none']);
    return [{ labels: { team } }, ({ labels }) => labels.team === team];
  },
  (dice) => {
    const value = String(dice.below(COUNT));
    return [{ label: 'number', value }, ({ labels }) => labels.number === value];
  },
  (dice, known) => {
    const text = pick(dice, [
      'TEAM',
      'low',
      'he',
      'x',
      'nowhere',
      '"green"',
      pick(dice, known).id,
      `x${dice.below(COUNT)}`,
    ]);
    return [{ text }, (each) => holds(each, text)];
  },
  (dice) => {
    const value = pick(dice, ['a', 'b1', 'B', 'a2x1', 'c']);
    return [{ field: 'id', is: 'startingWith', value }, ({ id }) => id.startsWith(value)];
  },
  (dice) => {
    const value = T0 + dice.below(COUNT) * 10;
    return [{ field: 'startMs', is: 'atLeast', value }, ({ startMs }) => startMs >= value];
  },
  (dice) => {
    const startedBeforeMs = T0 + dice.below(COUNT) * 10;
    return [{ startedBeforeMs }, ({ startMs }) => startMs <= startedBeforeMs];
  },
  () => [{ present: 'triggerExecutionId' }, ({ cause }) => cause !== undefined],
  () => [{ parentId: 'parent' }, ({ cause }) => cause !== undefined],
];

const isWhere = (asked: Part[0]): asked is ExecutionWhere =>
  ['any', 'all', 'not', 'field', 'label', 'present', 'anywhere'].some((name) => name in asked);

function searchOf(parts: readonly Part[]): ExecutionSearch {
  const all = parts.map(([asked]) => asked);
  const plain = Object.assign({}, ...all.filter((asked) => !isWhere(asked))) as Partial<ExecutionSearch>;
  return { tenant: 'main', ...plain, where: { all: all.filter(isWhere) }, limit: COUNT };
}

const ids = (page: { readonly rows: readonly { readonly id: string }[] }) => page.rows.map(({ id }) => id);
const newestFirst = (one: Known, other: Known) => other.startMs - one.startMs || (one.id < other.id ? 1 : -1);

export function holdsReach(open: (reach?: Reach) => Promise<Repository>): void {
  it(`finding executions by little looks as by a look at each (SEED=${SEED})`, async () => {
    const dice = new Dice(SEED);
    const known = knownOf(dice);
    const repository = await open(REACH);
    await repository.write(aBatch({ executions: known.map(rowOf) }));
    let ended = 0;
    for (let n = 0; n < SEARCHES; n++) {
      const kinds = new Set(Array.from({ length: 1 + dice.below(3) }, () => dice.below(PARTS.length)));
      const parts = [...kinds].map((kind) => PARTS[kind]!(dice, known));
      const search = searchOf(parts);
      const expected = known.filter((each) => parts.every(([, fits]) => fits(each))).toSorted(newestFirst);
      const told = JSON.stringify(search);
      const whole = await repository.searchExecutions(search);
      assert.deepEqual(
        ids(whole),
        expected.map(({ id }) => id),
        told,
      );
      assert.equal(whole.reachedMs, undefined, told);
      const bounded = await repository.searchExecutions({ ...search, bounded: true });
      const reached = expected.filter(({ startMs }) => startMs >= (bounded.reachedMs ?? 0));
      assert.deepEqual(
        ids(bounded),
        reached.map(({ id }) => id),
        told,
      );
      assert.equal(bounded.total, reached.length, told);
      if (bounded.reachedMs !== undefined) ended++;
      await holdsPages(repository, search, ids(whole));
    }
    assert.ok(ended > 0, 'some end before they have seen all');
  });

  it(`finding log lines by little looks as by a look at each (SEED=${SEED})`, async () => {
    const dice = new Dice(SEED + 1);
    const lines: readonly LogLine[] = Array.from({ length: COUNT }, (_, n) =>
      aLine(`e${dice.below(4)}`, n, {
        ...{ namespace: pick(dice, NAMESPACES), flowId: pick(dice, FLOWS), atMs: T0 + dice.below(COUNT) },
        level: pick(dice, ['INFO', 'INFO', 'DEBUG', 'WARN', 'ERROR'] as const),
        message: `${pick(dice, ['loaded', 'wrote'])} ${n} rows`,
      }),
    );
    const repository = await open(REACH);
    await repository.write(aBatch({ lines }));
    const asks: readonly (readonly [Partial<LineSearch>, (line: LogLine) => boolean])[] = [
      [{ levels: ['ERROR'] }, ({ level }) => level === 'ERROR'],
      [{ levels: ['WARN', 'ERROR', 'INFO'] }, ({ level }) => level !== 'DEBUG'],
      [{ flowId: 'load' }, ({ flowId }) => flowId === 'load'],
      [{ namespace: 'rare' }, ({ namespace }) => namespace === 'rare'],
      [{ namespace: 'none' }, () => false],
      [{ executionId: 'e1' }, ({ executionId }) => executionId === 'e1'],
      [{ text: 'LOADED' }, ({ message }) => message.startsWith('loaded')],
      [{ text: ' 11 ' }, ({ message }) => message.includes(' 11 ')],
      [{ taskId: 'task-0' }, () => true],
      [{ where: { field: 'atMs', is: 'atMost', value: T0 + COUNT / 2 } }, ({ atMs }) => atMs <= T0 + COUNT / 2],
    ];
    for (const [n, [one, fitsOne]] of asks.entries())
      for (const [other, fitsOther] of asks.slice(n)) {
        if (one !== other && Object.keys(one)[0] === Object.keys(other)[0]) continue;
        const search: LineSearch = { ...one, ...other, limit: COUNT };
        const told = JSON.stringify(search);
        const expected = lines.filter((line) => fitsOne(line) && fitsOther(line)).map(({ id }) => id);
        const whole = await repository.lines(search);
        assert.deepEqual(ids(whole).toSorted(), expected.toSorted(), told);
        for (const descending of [false, true]) {
          const { rows, reachedMs, total } = await repository.lines({ ...search, descending, bounded: true });
          const all = descending ? whole.rows.toReversed() : whole.rows;
          const isReached = ({ atMs }: LogLine) =>
            reachedMs === undefined || (descending ? atMs >= reachedMs : atMs <= reachedMs);
          assert.deepEqual(ids({ rows }), ids({ rows: all.filter(isReached) }), told);
          assert.equal(total, rows.length, told);
          const first = await repository.lines({ ...search, descending, bounded: true, limit: 1 });
          assert.equal(first.total, rows.length, told);
          const offset = Math.floor(all.length / 2);
          const later = await repository.lines({ ...search, descending, offset, limit: 7 });
          assert.deepEqual(ids(later), ids({ rows: all.slice(offset, offset + 7) }), told);
        }
      }
  });
}

/** Page by page what a search finds, by cursors. */
async function holdsPages(repository: Repository, search: ExecutionSearch, expected: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await repository.searchExecutions({ ...search, limit: 40, ...(after ? { after } : {}) });
    found.push(...ids(page));
    after = page.next;
    if (after === undefined) break;
  }
  assert.deepEqual(found, expected);
}
