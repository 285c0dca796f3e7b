/** The page when servers go away and come back, and when an execution is large. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Api, apiOf } from '../support/api.ts';
import { elementsOf, freePort, inBrowser, reads, startBrowser, type TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';
import { isAccessible } from './axe.ts';
import { logTexts, markLoad, state } from './place.ts';

/** Writes a line for each file `<gate>.<n>` that comes, and ends after the last. */
const COUNTED = `
id: counted
namespace: company.team
inputs: [{ id: gate, type: STRING }]
tasks:
  - id: count
    type: io.kestra.plugin.scripts.shell.Commands
    commands:
      - for n in 1 2 3; do echo "line $n"; echo "again"; until [ -e {{ inputs.gate }}.$n ]; do sleep 0.05; done; done
`;
const PATIENT = `
id: patient
namespace: company.team
tasks:
  - { id: say, type: io.kestra.plugin.core.log.Log, message: [one, two] }
  - id: flaky
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: not yet
    retry: { type: constant, interval: PT1H, maxAttempts: 5 }
`;
const TASK_RUNS = 10_000;
const LINES = 50_000;
const LARGE = `
id: large
namespace: company.team
tasks:
  - { id: print, type: io.kestra.plugin.scripts.shell.Commands, commands: ["seq -f 'line %.0f.' 1 ${LINES}"] }
  - id: all
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, ${TASK_RUNS}) }}"
    concurrencyLimit: 0
    tasks:
      - { id: echo, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.value }}" }
`;
const TASKS = 1_000;
/** Every twentieth task runs others. */
const WIDE = `
id: wide
namespace: company.team
tasks:
${Array.from({ length: TASKS / 20 }, (_, n) => `  - id: group_${n}\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks: [${Array.from({ length: 19 }, (_, k) => `{ id: t_${n}_${k}, type: io.kestra.plugin.core.debug.Return, format: x }`).join(', ')}]`).join('\n')}
`;
/** What a page may hold, whatever the execution: rows in sight and some around them. */
const ELEMENTS_MAX = 2_500;
const ROWS_MAX = 60;
const LINES_MAX = 65;
/** So many lines take a while where the machine is busy. */
const LINES_MS = 60_000;

inBrowser('the page in hard times', () => {
  let redis: TestRedis;
  let home: Installation;
  let browser: TestBrowser;
  let standalone: ServerProcess;
  let env: Readonly<Record<string, string>>;
  before(async () => {
    browser = await startBrowser();
    redis = await startRedis();
    home = anInstallation({ redisUrl: redis.url });
    env = { WINDHOVER_PORT: await freePort() };
    standalone = await home.start('standalone', [], env);
  });
  after(async () => {
    await browser?.close();
    await home?.remove();
    await redis?.stop();
  });

  const api = (): Api => apiOf(standalone.url, home.api().token);
  const shows = (page: Page, ...texts: string[]) =>
    eventually(async () => {
      assert.deepEqual(await logTexts(page), texts);
      return true;
    });

  test('going on by itself when its webserver is killed and comes back, with no line twice and none missing', async (t) => {
    await api().save(COUNTED);
    const gate = join(home.folder, 'gate');
    const { id } = await api().start('company.team/counted', { gate });
    const another = { WINDHOVER_PORT: await freePort(), WINDHOVER_HEALTH_PORT: await freePort() };
    const first = await home.start('webserver', [], another);
    const page = await browser.open(t, `${first.url}/ui/executions/${id}`, { provoked: ['net::ERR'] });
    const wasLoadedOnce = await markLoad(page);
    await shows(page, 'line 1', 'again');
    await first.kill();
    await reads(page.locator('.connection'), /connection lost/);
    // Written while nobody could look.
    writeFileSync(`${gate}.1`, '');
    await eventually(async () => (await api().ask<unknown[]>('GET', `/logs/${id}`)).body.length === 4);
    const second = await home.start('webserver', [], another);
    await shows(page, 'line 1', 'again', 'line 2', 'again');
    await reads(page.locator('.connection'), 'live');
    writeFileSync(`${gate}.2`, '');
    await shows(page, 'line 1', 'again', 'line 2', 'again', 'line 3', 'again');
    writeFileSync(`${gate}.3`, '');
    await reads(state(page), 'SUCCESS');
    await reads(page.locator('.log .count'), '6 lines');
    assert.ok(await wasLoadedOnce());
    await second.kill();
  });

  test('going on by itself when all of standalone is stopped and started again', async (t) => {
    await api().save(PATIENT);
    const { id } = await api().start('company.team/patient');
    const page = await browser.open(t, `${standalone.url}/ui/executions/${id}`, { provoked: ['net::ERR', 503] });
    const wasLoadedOnce = await markLoad(page);
    await shows(page, 'one', 'two', 'not yet');
    await reads(page.locator('.waiting'), /attempt 2 follows/);
    await standalone.kill('SIGTERM');
    await reads(page.locator('.connection'), /connection lost/);
    standalone = await home.start('standalone', [], env);
    await reads(page.locator('.connection'), 'live');
    await page.locator('button.danger').click();
    await page.locator('button.danger').click();
    await reads(state(page), 'KILLED');
    const texts = await logTexts(page);
    assert.deepEqual(texts.slice(0, 3), ['one', 'two', 'not yet']);
    assert.equal(new Set(texts).size, texts.length);
    assert.ok(await wasLoadedOnce());
  });

  test('staying usable with 10,000 task runs and 50,000 lines', async (t) => {
    await api().save(LARGE);
    const { id, state: end } = await api().start('company.team/large', {}, '?wait=true');
    assert.equal(end.current, 'SUCCESS');
    const page = await browser.open(t, `${standalone.url}/ui/executions/${id}`);
    await reads(state(page), 'SUCCESS');
    await reads(page.locator('.log .count'), '50,000 lines', LINES_MS);
    const drawn = async () => {
      const [elements, rows, lines] = [await elementsOf(page), page.locator('.gantt-row'), page.locator('.log-line')];
      assert.ok(elements <= ELEMENTS_MAX, `expected at most ${ELEMENTS_MAX} elements, got ${elements}`);
      assert.ok((await rows.count()) <= ROWS_MAX, `expected at most ${ROWS_MAX} rows, got ${await rows.count()}`);
      assert.ok((await lines.count()) <= LINES_MAX, `expected at most ${LINES_MAX} lines, got ${await lines.count()}`);
    };
    await drawn();
    await page.getByRole('tree').press('End');
    const last = page.locator('.gantt-row.active');
    await reads(last, /^echo · \d+/);
    await last.click();
    await reads(page.locator('.chosen-run h3'), /^echo · \d+/);
    await drawn();
    await page.locator('.narrowed').click();
    await page.getByLabel('Search the log').fill('LINE 7777.');
    await shows(page, 'line 7777.');
    await page.locator('.log-task').click();
    await reads(page.locator('.chosen-run h3'), 'print');
    await page.getByLabel('Search the log').fill('');
    await reads(page.locator('.log .count'), '50,000 lines');
    await page.getByLabel('Level from').selectOption('ERROR');
    await reads(page.locator('.log .count'), '0 of 50,000 lines');
    await page.getByLabel('Level from').selectOption('TRACE');
    for (const key of ['Home', 'ArrowDown', 'ArrowLeft']) await page.getByRole('tree').press(key);
    await reads(page.locator('.gantt-row.active'), /^▸all10,000 inside/);
    assert.equal(await page.locator('.gantt-row').count(), 2);
    await drawn();
  });

  test('staying usable with a graph of 1,000 tasks: a list that is searched, in place of a picture', async (t) => {
    await api().save(WIDE);
    const page = await browser.open(t, `${standalone.url}/ui/flows/company.team/wide`);
    const rows = page.locator('.tree-row');
    await reads(page.locator('.flow-tree [role=status]'), '1,000 tasks and triggers', LINES_MS);
    const drawn = await elementsOf(page);
    assert.ok(drawn <= ELEMENTS_MAX, `expected at most ${ELEMENTS_MAX} elements, got ${drawn}`);
    await isAccessible(page);
    const tree = page.getByRole('tree');
    await tree.press('End');
    await reads(page.locator('.tree-row.active'), /^t_49_18/);
    for (const key of ['Home', 'ArrowLeft']) await tree.press(key);
    await reads(rows.first(), /group_0.*19 inside/);
    // What is folded is found, and keys move among what is found alone.
    await page.getByLabel('Search the tasks').fill('t_0_7');
    assert.deepEqual(await rows.locator('strong').allTextContents(), ['group_0', 't_0_7']);
    await page.getByLabel('Search the tasks').fill('group_0');
    for (const key of ['Home', 'ArrowRight']) await tree.press(key);
    await reads(page.locator('.tree-row.active'), /^group_0Parallel$/);
    await page.getByLabel('Search the tasks').fill('t_40_7');
    assert.deepEqual(await rows.locator('strong').allTextContents(), ['group_40', 't_40_7']);
    const { id } = await api().start('company.team/wide');
    await page.goto(`${standalone.url}/ui/executions/${id}?view=topology`);
    await reads(rows.first(), /group_0.*SUCCESS/, LINES_MS);
    await page.getByLabel('Search the tasks').fill('t_0_18');
    await rows.last().click();
    await reads(page.locator('.chosen-run h3'), 't_0_18');
    await isAccessible(page);
    await api().ask('DELETE', `/executions/${id}/kill`);
  });
});
