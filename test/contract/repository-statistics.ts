/** What every adapter of the repository must do with what dashboards count. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { State } from '../../lib/model/state.ts';
import type { ExecutionRow, Repository } from '../../lib/repository/repository.ts';
import type { ExecutionCounting, LineCounting } from '../../lib/repository/statistics.ts';
import { aBatch, aHead, aLine, anExecution, aStart, T0 } from '../support/rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A day's beginning. */
const DAY0 = T0 - (T0 % DAY_MS);

interface Begun {
  readonly atMs: number;
  /** Milliseconds; of one that runs, none. */
  readonly lasted?: number;
  readonly state?: State;
  readonly namespace?: string;
  readonly flowId?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function begun(
  id: string,
  number: number,
  { atMs, lasted, state = 'RUNNING', labels = {}, ...flow }: Begun,
): ExecutionRow {
  const history = [['CREATED', atMs] as const, [state, atMs + (lasted ?? 1)] as const];
  return anExecution(id, number, {
    start: aStart(id, { ...flow, createdAtMs: atMs }),
    head: { ...aHead([]), history, labels },
  });
}

const counted = async (repository: Repository, asked: Partial<ExecutionCounting>) => {
  const all = { tenant: 'main', fromMs: DAY0, untilMs: DAY0 + 10 * DAY_MS, widthMs: DAY_MS, ...asked };
  const counts = await repository.countExecutions(all);
  const rows = counts.map(({ fromMs, namespace = '', flowId = '', state, count }) =>
    [(fromMs - DAY0) / all.widthMs, namespace, flowId, state, count].filter((part) => part !== '').join(' '),
  );
  return rows.sort();
};

export function holdsStatistics(open: () => Promise<Repository>): void {
  it('counting executions by the time of their start and their state, with how long they took', async () => {
    const repository = await open();
    await repository.write(
      aBatch({
        executions: [
          begun('a', 1, { atMs: DAY0, lasted: 1_000, state: 'SUCCESS' }),
          begun('b', 2, { atMs: DAY0 + DAY_MS - 1, lasted: 3_000, state: 'SUCCESS' }),
          begun('c', 3, { atMs: DAY0 + DAY_MS - 1 }),
          begun('d', 4, { atMs: DAY0 + DAY_MS, lasted: 20, state: 'FAILED' }),
          anExecution('half', 5, { head: undefined }),
        ],
      }),
    );
    assert.deepEqual(await counted(repository, {}), ['0 RUNNING 1', '0 SUCCESS 2', '1 FAILED 1']);
    assert.deepEqual(await counted(repository, { widthMs: HOUR_MS }), [
      '0 SUCCESS 1',
      '23 RUNNING 1',
      '23 SUCCESS 1',
      '24 FAILED 1',
    ]);
    const asked = { tenant: 'main', fromMs: DAY0, untilMs: DAY0 + DAY_MS, widthMs: DAY_MS };
    const all = await repository.countExecutions(asked);
    assert.deepEqual(
      all.find(({ state }) => state === 'SUCCESS'),
      {
        ...{ fromMs: DAY0, state: 'SUCCESS', count: 2, ended: 2, sumMs: 4_000, minMs: 1_000, maxMs: 3_000 },
      },
    );
    assert.equal(all.find(({ state }) => state === 'RUNNING')?.ended, 0);
    assert.deepEqual(await counted(repository, { tenant: 'other' }), []);
  });

  it('counting within a span to the millisecond, both its ends included', async () => {
    const repository = await open();
    const times = [0, 1, HOUR_MS, HOUR_MS + 1, 2 * DAY_MS, 3 * DAY_MS, 3 * DAY_MS + HOUR_MS, 3 * DAY_MS + HOUR_MS + 7];
    const executions = times.map((ms, n) => begun(`e${n}`, n + 1, { atMs: DAY0 + ms, lasted: 5, state: 'SUCCESS' }));
    const lines = times.map((ms, n) => aLine('e1', n, { atMs: DAY0 + ms }));
    await repository.write(aBatch({ executions, lines }));
    for (const from of times)
      for (const until of times) {
        const span = { fromMs: DAY0 + from, untilMs: DAY0 + until, widthMs: DAY_MS };
        const expected = times.filter((ms) => ms >= from && ms <= until).length;
        const sum = (counts: readonly { readonly count: number }[]) =>
          counts.reduce((all, { count }) => all + count, 0);
        assert.equal(sum(await repository.countExecutions({ tenant: 'main', ...span })), expected, `${from} ${until}`);
        assert.equal(sum(await repository.countLines(span)), expected, `${from} ${until}`);
      }
  });

  it('counting executions by namespace or flow, and those that fit', async () => {
    const repository = await open();
    const given: readonly Begun[] = [
      { atMs: DAY0, state: 'SUCCESS', namespace: 'company', flowId: 'one' },
      { atMs: DAY0, state: 'SUCCESS', namespace: 'company', flowId: 'two', labels: { team: 'red' } },
      { atMs: DAY0, state: 'FAILED', namespace: 'company.team', flowId: 'one' },
      { atMs: DAY0 + DAY_MS, state: 'SUCCESS', namespace: 'companys', flowId: 'one' },
    ];
    await repository.write(aBatch({ executions: given.map((each, n) => begun(`e${n}`, n, each)) }));
    assert.deepEqual(await counted(repository, { by: 'namespace' }), [
      '0 company SUCCESS 2',
      '0 company.team FAILED 1',
      '1 companys SUCCESS 1',
    ]);
    assert.deepEqual(await counted(repository, { by: 'flow', namespacePrefix: 'company' }), [
      '0 company one SUCCESS 1',
      '0 company two SUCCESS 1',
      '0 company.team one FAILED 1',
    ]);
    assert.deepEqual(await counted(repository, { flowId: 'one' }), ['0 FAILED 1', '0 SUCCESS 1', '1 SUCCESS 1']);
    const flows = [
      { namespace: 'company', id: 'two' },
      { namespace: 'companys', id: 'one' },
    ];
    assert.deepEqual(await counted(repository, { flows }), ['0 SUCCESS 1', '1 SUCCESS 1']);
    assert.deepEqual(await counted(repository, { states: ['FAILED', 'KILLED'] }), ['0 FAILED 1']);
    assert.deepEqual(await counted(repository, { labels: { team: 'red' } }), ['0 SUCCESS 1']);
    assert.deepEqual(await counted(repository, { text: 'RED' }), ['0 SUCCESS 1']);
    const where = { not: { field: 'namespace', is: 'equal', value: 'company' } } as const;
    assert.deepEqual(await counted(repository, { where }), ['0 FAILED 1', '1 SUCCESS 1']);
  });

  it('counting an execution once, as what it is now, and no more when it is deleted', async () => {
    const repository = await open();
    const write = (number: number, state: State) =>
      repository.write(aBatch({ executions: [begun('e1', number, { atMs: DAY0, lasted: 9, state })] }));
    await write(1, 'CREATED');
    await write(2, 'FAILED');
    await write(2, 'FAILED');
    assert.deepEqual(await counted(repository, {}), ['0 FAILED 1']);
    await write(3, 'RESTARTED');
    await write(2, 'FAILED');
    assert.deepEqual(await counted(repository, { by: 'flow' }), ['0 company.team hello RESTARTED 1']);
    await write(4, 'SUCCESS');
    assert.deepEqual(await counted(repository, {}), ['0 SUCCESS 1']);
    await repository.deleteExecution('e1');
    assert.deepEqual(await counted(repository, {}), []);
    await write(5, 'SUCCESS');
    assert.deepEqual(await counted(repository, {}), ['0 SUCCESS 1']);
    assert.equal(await repository.retain(DAY0 + DAY_MS, 10), 1);
    assert.deepEqual(await counted(repository, {}), []);
  });

  it('counting log lines by their time and level, each once, and no more when they are deleted', async () => {
    const repository = await open();
    const lines = [
      aLine('e1', 1, { atMs: DAY0 }),
      aLine('e1', 2, { atMs: DAY0 + 5, level: 'ERROR', message: 'no such table' }),
      aLine('e2', 3, { atMs: DAY0 + DAY_MS, namespace: 'company.other' }),
      aLine('e2', 4, { atMs: DAY0 + DAY_MS, flowId: 'two' }),
    ];
    for (let n = 0; n < 2; n++) await repository.write(aBatch({ lines }));
    const found = async (asked: Partial<LineCounting>) => {
      const span = { fromMs: DAY0, untilMs: DAY0 + 2 * DAY_MS, widthMs: DAY_MS };
      const counts = await repository.countLines({ ...span, ...asked });
      return counts.map(({ fromMs, level, count }) => `${(fromMs - DAY0) / DAY_MS} ${level} ${count}`).sort();
    };
    assert.deepEqual(await found({}), ['0 ERROR 1', '0 INFO 1', '1 INFO 2']);
    assert.deepEqual(await found({ levels: ['ERROR', 'WARN'] }), ['0 ERROR 1']);
    assert.deepEqual(await found({ namespacePrefix: 'company.team' }), ['0 ERROR 1', '0 INFO 1', '1 INFO 1']);
    assert.deepEqual(await found({ flowId: 'two' }), ['1 INFO 1']);
    assert.deepEqual(await found({ where: { anywhere: 'TABLE' } }), ['0 ERROR 1']);
    await repository.deleteLines({ executionId: 'e1', levels: ['ERROR'] });
    assert.deepEqual(await found({}), ['0 INFO 1', '1 INFO 2']);
  });

  it('telling the latest execution of each flow', async () => {
    const repository = await open();
    const given: readonly Begun[] = [
      { atMs: DAY0, flowId: 'one' },
      { atMs: DAY0 + 2, flowId: 'one', state: 'SUCCESS' },
      { atMs: DAY0 + 1, flowId: 'two' },
      { atMs: DAY0 + 1, flowId: 'two', namespace: 'company' },
    ];
    await repository.write(aBatch({ executions: given.map((each, n) => begun(`e${n}`, n, each)) }));
    const names = ['two', 'never', 'one'].map((id) => ({ namespace: 'company.team', id }));
    const latest = async (flows: typeof names) =>
      (await repository.latestExecutions('main', flows)).map(({ id }) => id);
    assert.deepEqual(await latest(names), ['e2', 'e1']);
    assert.deepEqual(await latest([]), []);
    const many = Array.from({ length: 250 }, (_, n) => ({ namespace: 'company.team', id: `none${n}` }));
    assert.deepEqual(await latest([...many, ...names]), ['e2', 'e1']);
    const [first] = await repository.latestExecutions('main', [names[2]!]);
    assert.deepEqual(first?.history.at(-1)?.[0], 'SUCCESS');
  });
}
