/** Traces at a collector: one of an execution and all that it calls; and a collector that is away, which holds nothing up. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Span } from '../../actors/indexer/spans.ts';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { aPeer, bodyOf, json } from '../support/peer.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

const spans = new Map<string, Span>();
const seen: { headers: Set<string>; paths: Set<string>; refused: number } = {
  headers: new Set(),
  paths: new Set(),
  refused: 0,
};
let away = false;
let installation: Installation;
let server: ServerProcess;
let api: Api;

const collector = await aPeer(async (request, response) => {
  const body = await bodyOf(request);
  if (away) {
    seen.refused++;
    return json(response, {}, 503);
  }
  seen.paths.add(request.url!);
  seen.headers.add(String(request.headers['x-key']));
  for (const { scopeSpans } of JSON.parse(body).resourceSpans)
    for (const scope of scopeSpans) for (const span of scope.spans as Span[]) spans.set(span.spanId, span);
  json(response, {});
});
before(async () => {
  installation = anInstallation({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b' },
  });
  server = await installation.start('standalone');
  api = installation.api();
});
after(() => installation.remove());

const attribute = ({ attributes }: Span, key: string): string | undefined => {
  const value = attributes.find((each) => each.key === `windhover.${key}`)?.value as
    | { readonly stringValue?: string; readonly intValue?: string }
    | undefined;
  return value?.stringValue ?? value?.intValue;
};
const parentOf = ({ parentSpanId }: Span): string | undefined => spans.get(parentSpanId ?? '')?.name;
const spansOf = (flow: string): readonly Span[] =>
  [...spans.values()].filter((span) => attribute(span, 'flow') === flow);

test('one trace of an execution and of the one that it calls', async () => {
  const failing = {
    id: 'fails',
    type: 'io.kestra.plugin.core.execution.Fail',
    errorMessage: 'it had to be',
  };
  const retry = { type: 'constant', interval: 'PT0.1S', maxAttempt: 2 };
  const unsure = { ...says('{{ nobody.knows }}', 'unsure'), retry };
  await api.save(aFlow('traced-child', [says('hello', 'inside'), failing]));
  const call = {
    id: 'calls',
    type: 'io.kestra.plugin.core.flow.Subflow',
    namespace: NAMESPACE,
    flowId: 'traced-child',
    wait: true,
    transmitFailed: false,
  };
  const each = {
    id: 'each',
    type: 'io.kestra.plugin.core.flow.ForEach',
    values: ['a', 'b'],
    tasks: [says('{{ taskrun.value }}', 'one')],
  };
  await api.save(aFlow('traced', [each, call, unsure]));
  const ended = await api.run(`${NAMESPACE}/traced`);
  assert.equal(ended.state.current, 'FAILED');
  await eventually(() => spansOf('traced').length > 0 && spansOf('traced-child').length > 0);

  const own = spansOf('traced');
  const child = spansOf('traced-child');
  assert.equal(new Set([...own, ...child].map(({ traceId }) => traceId)).size, 1);
  assert.deepEqual([...seen.paths, ...seen.headers], ['/v1/traces', 'a b']);
  assert.deepEqual(
    [...own, ...child].map((span) => [span.name, parentOf(span), attribute(span, 'state')].join(' < ')).toSorted(),
    [
      'calls < tests.rest.traced < SUCCESS',
      'calls attempt 1 < calls < SUCCESS',
      'each < tests.rest.traced < SUCCESS',
      'fails < tests.rest.traced-child < FAILED',
      'fails attempt 1 < fails < FAILED',
      'inside < tests.rest.traced-child < SUCCESS',
      'inside attempt 1 < inside < SUCCESS',
      'one < each < SUCCESS',
      'one < each < SUCCESS',
      'one attempt 1 < one < SUCCESS',
      'one attempt 1 < one < SUCCESS',
      'tests.rest.traced <  < FAILED',
      'tests.rest.traced-child < calls < FAILED',
      'unsure < tests.rest.traced < FAILED',
      'unsure attempt 1 < unsure < FAILED',
      'unsure attempt 2 < unsure < FAILED',
    ],
  );
  const named = (name: string) => [...own, ...child].filter((span) => span.name === name);
  const [said] = named('inside attempt 1');
  assert.ok(attribute(said!, 'worker'));
  assert.equal(attribute(said!, 'attempt'), '1');
  assert.equal(attribute(named('inside')[0]!, 'task.type'), 'io.kestra.plugin.core.log.Log');
  assert.deepEqual(
    named('one')
      .map((span) => attribute(span, 'value'))
      .toSorted(),
    ['a', 'b'],
  );
  const unsureSpan = named('unsure')[0]!;
  assert.equal(unsureSpan.status.code, 2);
  assert.match(unsureSpan.status.message!, /nobody/);
  assert.ok([...own, ...child].every((span) => BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano)));
});

test('a collector that is away holds nothing up, and gets its spans when it is back', async () => {
  await api.save(aFlow('late', [says('later', 'say')]));
  away = true;
  assert.equal((await api.run(`${NAMESPACE}/late`)).state.current, 'SUCCESS');
  await eventually(() => seen.refused > 0);
  const copied = await api.run(`${NAMESPACE}/late`);
  await eventually(async () => (await server.metric('windhover_trace_executions_waiting')) >= 2);
  assert.equal((await api.execution(copied.id)).state.current, 'SUCCESS');
  assert.deepEqual(spansOf('late'), []);
  away = false;
  await eventually(() => spansOf('late').length === 6, 60_000);
  assert.equal(await server.metric('windhover_trace_executions_dropped_total'), 0);
});
