/** The command line: what it prints, reads and refuses, against a small server that speaks as the real one does. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { type ExecutionAnswer, openClient, refusal, type TaskRunAnswer } from '../web/cli/client.ts';
import { pairsOf } from '../web/cli/commands/pairs.ts';
import { run } from '../web/cli/commands/run.ts';
import { treeLines } from '../web/cli/commands/tree.ts';
import { SseParser } from '../web/cli/sse.ts';
import { aFolder } from './support/folder.ts';
import { PROGRAM, windhover } from './support/server.ts';

const START = '2026-01-01T00:00:00.000Z';
const at = (ms: number): string => new Date(Date.parse(START) + ms).toISOString();

function aTaskRun(
  id: string,
  current: string,
  more: Partial<TaskRunAnswer> & { readonly endMs?: number } = {},
): TaskRunAnswer {
  const { endMs, ...rest } = more;
  const histories = [{ state: current, date: at(endMs ?? 0) }];
  return {
    id,
    taskId: id,
    state: { current, histories, startDate: START, ...(endMs !== undefined && { endDate: at(endMs) }) },
    ...rest,
  };
}

function anExecution(current: string, taskRunList: readonly TaskRunAnswer[]): ExecutionAnswer {
  return {
    id: 'x1',
    namespace: 'company.team',
    flowId: 'hello',
    state: { current, histories: [], startDate: START },
    taskRunList,
  };
}

test("drawing an execution's task runs as a tree, children below their parents", () => {
  const runs = [
    aTaskRun('first', 'SUCCESS', { endMs: 40 }),
    aTaskRun('both', 'RUNNING'),
    aTaskRun('last', 'FAILED', { endMs: 2_500, reason: 'exit code 3\nsecond line', attempts: [{}, {}] }),
    aTaskRun('left', 'SUCCESS', { endMs: 1_000, parentTaskRunId: 'both', value: 'a' }),
    aTaskRun('right', 'RUNNING', { parentTaskRunId: 'both', value: 'b' }),
  ];
  assert.deepEqual(treeLines(anExecution('RUNNING', runs), { nowMs: Date.parse(at(3_000)), colour: false }), [
    '▶ company.team.hello  RUNNING  3.00 s',
    '├─ ✔ first         SUCCESS  40 ms',
    '├─ ▶ both          RUNNING  3.00 s',
    '│  ├─ ✔ left [a]   SUCCESS  1.00 s',
    '│  └─ ▶ right [b]  RUNNING  3.00 s',
    '└─ ✘ last          FAILED  2.50 s, attempt 2  exit code 3',
  ]);
});

test('fitting ten thousand task runs into a terminal by leaving out what nobody looks for', () => {
  const runs = Array.from({ length: 10_000 }, (_, n) =>
    aTaskRun(`t${n}`, n === 7_000 ? 'FAILED' : n === 9_000 ? 'RUNNING' : 'SUCCESS', n === 9_000 ? {} : { endMs: 5 }),
  );
  const lines = treeLines(anExecution('RUNNING', runs), { nowMs: Date.parse(at(3_000)), colour: false, linesMax: 10 });
  assert.equal(lines.length, 10);
  assert.ok(lines.some((line) => line.includes('t7000')));
  assert.ok(lines.some((line) => line.includes('t9000')));
  assert.match(lines.at(-1)!, /and 9992 more \(9992 SUCCESS\)/);
});

test('parsing server-sent events however the pieces are cut', () => {
  const text =
    ': hello\r\nid: 1-0\r\nevent: progress\r\ndata: {"a":1}\r\n\r\nid: 2\n\ndata: one\ndata: two\nid: 3\n\nevent: end\ndata:\n\n';
  const expected = [
    { event: 'progress', data: '{"a":1}', id: '1-0' },
    { event: 'message', data: 'one\ntwo', id: '3' },
    { event: 'end', data: '', id: '3' },
  ];
  for (let size = 1; size <= text.length; size++) {
    const parser = new SseParser();
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
      text.slice(n * size, (n + 1) * size),
    );
    assert.deepEqual(
      pieces.flatMap((piece) => parser.feed(piece)),
      expected,
      `pieces of ${size}`,
    );
  }
});

test('reading name=value arguments, and refusing what is none', () => {
  assert.deepEqual(
    [...pairsOf(['a=1', 'b=x=y', 'c='], '--input')],
    [
      ['a', '1'],
      ['b', 'x=y'],
      ['c', ''],
    ],
  );
  assert.deepEqual([...pairsOf(['who=@me'], '--label')], [['who', '@me']]);
  assert.throws(() => pairsOf(['=1'], '--input'), /--input: expected name=value, got =1/);
  assert.throws(() => pairsOf(['a=1', 'a=2'], '--input'), /expected a once/);
});

test("keeping the server's refusal as the fault that it was", () => {
  const problems = [
    { message: 'expected a known type', severity: 'error', path: 'tasks[0].type', line: 3, column: 5 } as const,
  ];
  const known = refusal(422, JSON.stringify({ code: 'flow.invalid', message: 'm', detail: 'tasks[0].type', problems }));
  assert.deepEqual([known.code, known.detail, known.problems], ['flow.invalid', 'tasks[0].type', problems]);
  assert.equal(refusal(401, '<html>').code, 'auth.required');
  assert.equal(refusal(502, '<html>').code, 'server.unavailable');
});

test('saving a flow, starting it with inputs and labels, following it over a broken stream to its result', async (t) => {
  const events = (states: readonly string[]): ExecutionAnswer[] =>
    states.map((state) => anExecution(state, [aTaskRun('only', state)]));
  const asked: string[] = [];
  let streams = 0;
  const url = await aServer(t, async (request, response) => {
    asked.push(
      `${request.method} ${request.url}${request.headers['last-event-id'] ? ` after ${request.headers['last-event-id']}` : ''}`,
    );
    assert.equal(request.headers.authorization, 'Bearer secret');
    const body = await textOf(request);
    if (request.url!.includes('/follow')) {
      const cut = streams++ === 0;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const shown = cut ? events(['CREATED', 'RUNNING']) : events(['FAILED']);
      for (const [n, execution] of shown.entries())
        response.write(`id: ${streams}-${n}\nevent: progress\ndata: ${JSON.stringify(execution)}\n\n`);
      if (cut) return void setTimeout(() => response.destroy(), 50);
      return void response.end(`id: ${streams}-end\nevent: end\ndata: {}\n\n`);
    }
    if (request.method === 'GET') return void response.writeHead(404).end('{"message":"no such flow"}');
    if (request.url!.startsWith('/api/v1/main/executions')) {
      assert.match(body, /name="day"\r\n\r\nmonday/);
      return void response.end(JSON.stringify(events(['CREATED'])[0]));
    }
    assert.equal(body, SOURCE);
    response.end('{"namespace":"company.team","id":"hello"}');
  });
  const file = join(aFolder(t), 'flow.yaml');
  writeFileSync(file, SOURCE);
  let printed = '';
  const client = openClient({ data: '/nowhere', url, token: 'secret' });
  const options = { input: ['day=monday'], label: ['team=blue'], follow: true, logs: false };
  const code = await run(client, file, options, {
    write: (text) => {
      printed += text;
    },
  });
  assert.equal(code, 1);
  assert.deepEqual(asked, [
    'GET /api/v1/main/flows/company.team/hello',
    'POST /api/v1/main/flows',
    'POST /api/v1/main/executions/company.team/hello?labels=team%3Ablue',
    'GET /api/v1/main/executions/x1/follow?resume=true',
    'GET /api/v1/main/executions/x1/follow?resume=true after 1-1',
  ]);
  assert.match(printed, /CREATED +only\n.*RUNNING +only\n.*FAILED +only\n/);
});

test('ending without a word when nobody reads on what is printed, as in `… | head`', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'flow', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  assert.deepEqual([said, code], ['', 141]);
});

test('refusing in one line, by its exit code, and saying what was meant', async (t) => {
  const nowhere = { WINDHOVER_DATA: join(aFolder(t), 'none'), WINDHOVER_URL: 'http://127.0.0.1:9' };
  const wrong = await windhover(['rnu', 'x.yaml'], {});
  assert.deepEqual(
    [wrong.code, /unknown command 'rnu'/.test(wrong.err), /Did you mean run\?/.test(wrong.err)],
    [2, true, true],
  );
  const silent = await windhover(['run', 'company.team/hello'], nowhere);
  assert.equal(silent.code, 75);
  assert.match(
    silent.err,
    /^windhover: the server cannot be reached: expected Windhover at http:\/\/127\.0\.0\.1:9, got .*\n$/,
  );
  const setting = await windhover(['run', 'company.team/hello'], { ...nowhere, WINDHOVER_PROT: '1' });
  assert.deepEqual([setting.code, /did you mean WINDHOVER_PORT/.test(setting.err)], [2, true]);
});

const SOURCE = 'id: hello\nnamespace: company.team\ntasks: []\n';

async function aServer(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<string> {
  const server = createServer(
    (request, response) => void answer(request, response).catch((error) => response.writeHead(500).end(String(error))),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
