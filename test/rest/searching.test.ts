/** Searching executions: every filter, sort and page, and what is no filter, sort or page. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Api, ExecutionAnswer } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { aFlow, NAMESPACE, says } from '../support/flow-source.ts';
import { anInstallation, type Installation } from '../support/server.ts';

let installation: Installation;
let api: Api;
/** In the order of their starts. */
const ids: string[] = [];
before(async () => {
  installation = anInstallation();
  await installation.start('standalone');
  api = installation.api();
  const failing = [{ id: 'fail', type: 'io.kestra.plugin.core.execution.Fail' }];
  await api.save(aFlow('fine', [says('hello')]));
  await api.save(aFlow('fine', [says('hello')], {}, `${NAMESPACE}.below`));
  await api.save(aFlow('fine', [says('hello')], {}, `${NAMESPACE}ing`));
  await api.save(aFlow('broken', failing));
  const starts = [
    [`${NAMESPACE}/fine`, 'team:red'],
    [`${NAMESPACE}/fine`, 'team:blue&labels=colour:50%_off'],
    [`${NAMESPACE}.below/fine`, 'team:red'],
    [`${NAMESPACE}ing/fine`, 'team:red'],
    [`${NAMESPACE}/broken`, 'team:blue'],
  ];
  for (const [flow, labels] of starts) {
    const { id } = await api.start(flow!, {}, `?labels=${labels}`);
    await api.ended(id);
    ids.push(id);
  }
  await eventually(async () => (await search('state=SUCCESS,FAILED')).total === ids.length);
});
after(() => installation.remove());

interface Found {
  readonly total: number;
  readonly results: readonly ExecutionAnswer[];
}
const search = async (
  query: string,
  path = '/executions/search',
): Promise<{ total: number; found: readonly number[] }> => {
  const { status, body, text } = await api.ask<Found>('GET', `${path}?${query}`);
  assert.equal(status, 200, text);
  return { total: body.total, found: body.results.map(({ id }) => ids.indexOf(id)) };
};
const found = async (query: string): Promise<readonly number[]> => [...(await search(query)).found].sort();

test('finding by namespace and all below it, by flow, by state and by what stands in names', async () => {
  assert.deepEqual(await found(`namespace=${NAMESPACE}`), [0, 1, 2, 4]);
  assert.deepEqual(await found(`namespace=${NAMESPACE}.below`), [2]);
  assert.deepEqual(await found('flowId=broken'), [4]);
  assert.deepEqual(await found('state=FAILED'), [4]);
  assert.deepEqual(await found('state=FAILED&state=SUCCESS'), [0, 1, 2, 3, 4]);
  assert.deepEqual(await found('state='), [0, 1, 2, 3, 4]);
  assert.deepEqual(await found('state=RUNNING'), []);
  assert.deepEqual(await found('q=below'), [2]);
  assert.deepEqual(await found(`q=${ids[3]}`), [3]);
  assert.deepEqual(await found('q=*'), [0, 1, 2, 3, 4]);
  assert.deepEqual(await found(`namespace=${NAMESPACE}&flowId=fine&state=SUCCESS&labels=team:red`), [0, 2]);
});

test('finding by labels, whatever characters they hold', async () => {
  assert.deepEqual(await found('labels=team:blue'), [1, 4]);
  assert.deepEqual(await found('labels=team:blue&labels=colour:50%25_off'), [1]);
  assert.deepEqual(await found('labels=colour:50'), []);
  assert.deepEqual(await found("labels=team:red' or '1'='1"), []);
  assert.deepEqual(await found("labels=te'am:red"), []);
  assert.deepEqual(await found('labels=__proto__:x&labels=constructor:y'), []);
  assert.deepEqual(await found('q=50%25_off'), [1]);
  assert.deepEqual(await found('q=%25'), [1], 'a wildcard of the database is a character');
});

test('finding by dates', async () => {
  const { results } = (await api.ask<Found>('GET', '/executions/search?sort=startDate:asc&size=100')).body;
  const starts = results.map(({ state }) => encodeURIComponent(state.histories[0]!.date));
  assert.deepEqual(await found(`startDate=${starts[3]}`), [3, 4]);
  assert.deepEqual(await found(`endDate=${starts[1]}`), [0, 1]);
  assert.deepEqual(await found(`startDate=${starts[1]}&endDate=${starts[2]}`), [1, 2]);
  assert.deepEqual(await found('timeRange=PT1H'), [0, 1, 2, 3, 4]);
  assert.deepEqual(await found('startDate=2999-01-01T00:00:00%2B02:00'), []);
});

test('sorting by what is asked for, and paging through all of it without a gap', async () => {
  assert.deepEqual((await search('sort=state.startDate:asc')).found, [0, 1, 2, 3, 4]);
  assert.deepEqual((await search('sort=state.startDate:desc')).found, [4, 3, 2, 1, 0]);
  assert.deepEqual((await search('sort=flowId:asc')).found[0], 4);
  assert.deepEqual((await search('sort=namespace:desc')).found[0], 3);
  const byId = [...ids].sort().map((id) => ids.indexOf(id));
  assert.deepEqual((await search('sort=id:asc')).found, byId);
  const pages = await Promise.all([1, 2, 3, 4].map((page) => search(`sort=startDate:asc&size=2&page=${page}`)));
  assert.deepEqual(
    pages.map((page) => page.found),
    [[0, 1], [2, 3], [4], []],
  );
  assert.deepEqual(
    pages.map(({ total }) => total),
    [5, 5, 5, 5],
  );
});

test('giving the executions of one flow, and of no other namespace', async () => {
  const of = async (query: string) => (await search(query, '/executions')).found;
  assert.deepEqual([...(await of(`namespace=${NAMESPACE}&flowId=fine`))].sort(), [0, 1]);
  assert.equal((await api.ask('GET', `/executions?namespace=${NAMESPACE}`)).status, 422);
});

const REFUSED: readonly (readonly [query: string, parameter: string])[] = [
  ['page=0', 'page'],
  ['page=1&size=-1', 'size'],
  ['page=1.5', 'page'],
  ['page=NaN', 'page'],
  ['page=1e999', 'page'],
  ['page=9007199254740993', 'page'],
  ['size=0', 'size'],
  ['size=ten', 'size'],
  ['page=100000&size=1000', 'page'],
  ['sort=constructor:asc', 'sort'],
  ['sort=id:sideways', 'sort'],
  ['sort=id; drop table executions', 'sort'],
  ['state=toString', 'state'],
  ['state=SUCCESS,NONE', 'state'],
  ['labels=team', 'labels'],
  ['startDate=yesterday', 'startDate'],
  ['startDate=0000-00-00', 'startDate'],
  ['startDate=%2B275761-01-01T00:00:00Z', 'startDate'],
  ['endDate=2024-01-01T00:00:00%2B99:00', 'endDate'],
  ['timeRange=P9999999Y', 'timeRange'],
  ['timeRange=-PT1H', 'timeRange'],
];
test('refusing what cannot be asked, by the name of the parameter', async () => {
  for (const [query, parameter] of REFUSED) {
    const { status, body, text } = await api.ask<{
      code: string;
      problems: readonly { path: string; message: string }[];
    }>('GET', `/executions/search?${query}`);
    assert.deepEqual(
      [query, status, body.code, body.problems[0]?.path],
      [query, 422, 'request.parameter', parameter],
      text,
    );
    assert.match(body.problems[0]!.message, /^expected .+, got .+/);
  }
});

test("saying what Kestra's clients look for about dates", async () => {
  const refusal = async (query: string) => {
    const { status, body } = await api.ask<{ message: string }>('GET', `/executions/search?${query}`);
    return `${status} ${body.message}`;
  };
  const backwards = await refusal('startDate=2024-06-03T00:00:00.000%2B02:00&endDate=2023-06-05T00:00:00.000%2B02:00');
  assert.match(backwards, /^422 .*Illegal argument: Start date must be before End Date/);
  assert.match(
    await refusal('startDate=2024-01-07T18:43:11.248%2B01:00&timeRange=PT12H'),
    /^422 .*are mutually exclusive/,
  );
});

test('ignoring what it does not know, as older clients send it', async () => {
  assert.equal((await search('filters=a,b&a[]=1&a[__proto__]=2&page=&size=&sort=')).total, ids.length);
});
