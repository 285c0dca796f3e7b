/** `windhover flow test`: tests of flows in memory. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PROGRAM } from './support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-flow-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'report.yaml'),
  `id: report
namespace: company.team
inputs:
  - {id: table, type: FILE}
  - {id: least, type: INT, defaults: 2}
tasks:
  - {id: fetch, type: io.kestra.plugin.core.http.Request, uri: "https://example.com/rates"}
  - {id: rate, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.fetch.body.rate }}"}
  - {id: rows, type: io.kestra.plugin.core.debug.Return, format: "{{ read(inputs.table) | trim | split('\\n') | length }}"}
  - {id: wait, type: io.kestra.plugin.core.flow.Sleep, duration: PT12H}
  - {id: when, type: io.kestra.plugin.core.debug.Return, format: "{{ now() | date('yyyy-MM-dd HH') }}"}
  - {id: child, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: child, wait: true}
`,
);
writeFileSync(
  join(folder, 'child.yaml'),
  'id: child\nnamespace: company.team\ntasks: [{id: said, type: io.kestra.plugin.core.log.Log, message: "from the child"}]\n',
);
const FIXTURES = `inputs: {table: "{{ files['t.csv'] }}"}
      files: {t.csv: "a\\nb\\nc"}
      now: "2026-03-01T20:00:00Z"`;
writeFileSync(
  join(folder, 'report.test.yaml'),
  `id: report-tests
namespace: company.team
flowId: report
flows: [child.yaml]
testCases:
  - id: all-well
    type: io.kestra.core.tests.flow.UnitTest
    fixtures:
      ${FIXTURES}
      tasks: [{id: fetch, outputs: {body: {rate: 7}}}, {id: wait, duration: PT12H}]
    tasks: {child: SUCCESS}
    assertions:
      - {value: "{{ outputs.rate.value }}", equalTo: 7}
      - {value: "{{ outputs.rows.value }}", equalTo: 3, lessThan: 4}
      - {value: "{{ outputs.when.value }}", equalTo: "2026-03-02 08"}
  - id: no-answer
    fixtures:
      ${FIXTURES}
      tasks: [{id: fetch, state: FAILED}]
    state: FAILED
    tasks: {rate: none}
  - {id: later, disabled: true}
`,
);
writeFileSync(
  join(folder, 'wrong.test.yaml'),
  `id: wrong
flow: report.yaml
testCases:
  - id: no-fixture
    fixtures:
      ${FIXTURES}
    assertions: [{value: "{{ execution.state }}", equalTo: "<SUCCESS>"}]
`,
);

const flowTest = (...args: readonly string[]) =>
  spawnSync(process.execPath, [PROGRAM, 'flow', 'test', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH!, HOME: folder },
  });

test('running a flow with fixtures for tasks, inputs, files and time', () => {
  const { status, stdout } = flowTest('report.test.yaml');
  assert.equal(status, 0, stdout);
  assert.match(
    stdout,
    /✔ report-tests \/ all-well .*\n✔ report-tests \/ no-answer .*\n- report-tests \/ later {2}disabled\n/,
  );
  const [suite] = JSON.parse(flowTest('report.test.yaml', '-o', 'json').stdout);
  assert.ok(suite.cases[0].lines.some((line: string) => line.includes('from the child')));
});

test('failing what is not as expected, in sentences, on the screen and for a CI', () => {
  const { status, stdout } = flowTest('.', '--junit', 'out.xml');
  assert.equal(status, 1);
  assert.match(stdout, /✘ wrong \/ no-fixture/);
  assert.match(stdout, /expected the execution to end SUCCESS, got FAILED/);
  assert.match(
    stdout,
    /expected a fixture, since a test reaches no network, got a task that asks https:\/\/example\.com/,
  );
  assert.match(stdout, /4 tests, 1 failed/);
  const xml = readFileSync(join(folder, 'out.xml'), 'utf8');
  assert.match(xml, /<testsuite name="wrong" file="wrong\.test\.yaml" tests="1" failures="1" skipped="0">/);
  assert.match(xml, /expected &quot;&lt;SUCCESS&gt;&quot;, got &quot;FAILED&quot;/);
  assert.match(xml, /<testcase classname="report-tests" name="later" time="0\.000">\n {6}<skipped\/>/);
});

test('refusing what is no suite, and naming the place', () => {
  writeFileSync(join(folder, 'odd.test.yaml'), 'id: odd\nflow: report.yaml\ntestCases: [{id: a, asertions: []}]\n');
  const { status, stderr } = flowTest('odd.test.yaml');
  assert.equal(status, 2);
  assert.match(stderr, /odd\.test\.yaml: testCases\.0: .*asertions/);
});
