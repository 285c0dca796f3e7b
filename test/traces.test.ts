/** Traces without servers: what cannot be read is left out alone, and ids are the same whichever indexer sends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '../actors/indexer/spans.ts';
import { Traces } from '../actors/indexer/traces.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import type { Catalogue } from '../lib/model/catalogue.ts';
import type { Execution, TaskRun } from '../lib/model/execution.ts';
import type { ExecutionRow, Repository } from '../lib/repository/repository.ts';
import { eventually } from './support/eventually.ts';
import { aPeer, bodyOf, json } from './support/peer.ts';

const FLOW = { tenant: 'main', namespace: 'tests', id: 'flow', revision: 1, hash: 'h' };
const HISTORY = [
  ['CREATED', 1],
  ['SUCCESS', 2],
] as const;

const aTaskRun = (id: string): TaskRun => ({ id, taskId: id, index: 0, list: 'tasks', history: HISTORY, attempts: [] });
const anExecution = (id: string, more: Partial<Execution> = {}): Execution => ({
  ...{ id, flow: FLOW, inputs: {}, originalId: id, principal: 'me', createdAtMs: 1, incarnation: 0 },
  ...{ history: HISTORY, labels: { 'system.correlationId': 'parent' }, taskRuns: 1, version: 'v' },
  taskRunList: [aTaskRun(`${id}-run`)],
  ...more,
});

/** What a collector gets of these, sent by an indexer of its own. */
async function sent(executions: readonly Execution[], enough: number): Promise<readonly Span[]> {
  // Where it is stopped in the middle of a request, that is sent again: with the same ids it is the same.
  const spans = new Map<string, Span>();
  const collector = await aPeer(async (request, response) => {
    for (const { scopeSpans } of JSON.parse(await bodyOf(request)).resourceSpans)
      for (const scope of scopeSpans) for (const span of scope.spans as Span[]) spans.set(span.spanId, span);
    json(response, {});
  });
  const byId = new Map(executions.map((execution) => [execution.id, execution]));
  const repository = {
    execution: async (id: string) => byId.get(id),
    flow: async () => undefined,
  } as unknown as Repository;
  const catalogue = {} as Catalogue;
  const traces = new Traces({
    url: collector.url,
    headers: {},
    repository,
    catalogue,
    clock: systemClock,
    log: silentLog,
  });
  const stop = new AbortController();
  const running = traces.run(stop.signal);
  traces.copied(executions.map(({ id, ...head }) => ({ id, head }) as unknown as ExecutionRow));
  await eventually(() => spans.size >= enough);
  stop.abort();
  await running;
  return [...spans.values()];
}

test('leaving out what cannot be made into spans, and nothing else', async () => {
  const broken = anExecution('broken', {
    taskRunList: [{ ...aTaskRun('x'), attempts: undefined } as unknown as TaskRun],
  });
  const worse = anExecution('worse', { history: undefined as unknown as Execution['history'] });
  const spans = await sent([worse, broken, anExecution('good')], 2);
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['tests.flow', 'good-run'],
  );
});

test('naming the same parent whoever sends it: an indexer that begins anew parts no trace', async () => {
  const parent = anExecution('parent');
  const caller = { executionId: 'parent', taskRunId: 'parent-run', attempt: 1 };
  const [child] = await sent([anExecution('child', { caller })], 2);
  const spans = await sent([parent], 2);
  const calling = spans.find(({ name }) => name === 'parent-run')!;
  assert.deepEqual([child!.parentSpanId, child!.traceId], [calling.spanId, calling.traceId]);
  assert.deepEqual(await sent([parent], 2), spans);
});
