/** Watching an execution: it moves by itself, says why it waits or failed, can be killed, linked to and walked by the keys. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { reads, tabTo } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { idIn, logTexts, markLoad, type Place, rowOf, state, title } from './place.ts';

/** Goes on when the file that `gate` names is there: the test says when. */
const GATED = `
id: gated
namespace: company.team
inputs: [{ id: gate, type: STRING }]
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: slow
        type: io.kestra.plugin.scripts.shell.Commands
        outputFiles: [result.txt]
        commands:
          - echo first; until [ -e {{ inputs.gate }} ]; do sleep 0.05; done
          - echo second; echo "the result" > result.txt
      - id: inner
        type: io.kestra.plugin.core.flow.Sequential
        tasks: [{ id: quick, type: io.kestra.plugin.core.debug.Return, format: done }]
outputs: [{ id: answer, type: INT, value: "{{ 42 }}" }]
`;
const FAILING = `
id: failing
namespace: company.team
tasks:
  - id: order
    type: io.kestra.plugin.core.flow.Sequential
    tasks: [{ id: check, type: io.kestra.plugin.core.execution.Fail, errorMessage: out of stock }]
errors: [{ id: alarm, type: io.kestra.plugin.core.log.Log, message: somebody is called }]
`;
const PATIENT = `
id: patient
namespace: company.team
tasks:
  - id: flaky
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: the other side said 503
    retry: { type: constant, interval: PT1H, maxAttempts: 3 }
`;

export function watching(place: () => Place): void {
  const gateOf = (name: string) => join(place().home.folder, name);

  test('moving by itself from the first line to the end, without being loaded anew', async (t) => {
    const { api, open } = place();
    await api.save(GATED);
    const gate = gateOf('live');
    const { id } = await api.start('company.team/gated', { gate });
    const page = await open(t, `executions/${id}`);
    const wasLoadedOnce = await markLoad(page);
    await eventually(async () => (await logTexts(page)).join() === 'first');
    // The line stands there while the task that wrote it still runs: only the test lets it go on.
    assert.equal(await rowOf(page, 'slow').getAttribute('data-state'), 'RUNNING');
    assert.ok(!existsSync(gate));
    await reads(state(page), 'RUNNING');
    await reads(page.locator('.connection'), 'live');
    const length = rowOf(page, 'slow').locator('.gantt-length span').last();
    const before = await length.textContent();
    await eventually(async () => (await length.textContent()) !== before);
    assert.equal(await rowOf(page, 'slow').locator('.bar.grows').count(), 1);
    // What has ended grows no more.
    await eventually(async () => (await rowOf(page, 'quick').locator('.bar.grows').count()) === 0);
    writeFileSync(gate, '');
    await reads(state(page), 'SUCCESS');
    await eventually(async () => (await logTexts(page)).join() === 'first,second');
    assert.equal(await page.locator('.bar.grows').count(), 0);
    await reads(page.locator('.values').first(), 'answer 42');
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a.file').click()]);
    assert.equal(download.suggestedFilename(), 'result.txt');
    assert.equal(await readFile(await download.path(), 'utf8'), 'the result\n');
    assert.ok(await wasLoadedOnce());
  });

  test('folding what stands inside a task', async (t) => {
    const { api, open } = place();
    const gate = gateOf('open');
    writeFileSync(gate, '');
    const { id } = await api.run('company.team/gated', { gate });
    const page = await open(t, `executions/${id}`);
    await rowOf(page, 'quick').waitFor();
    await rowOf(page, 'inner').getByRole('button', { name: 'Fold', exact: true }).click();
    await rowOf(page, 'quick').waitFor({ state: 'detached' });
    await reads(rowOf(page, 'inner'), /1 inside/);
    await rowOf(page, 'both').getByRole('button', { name: 'Fold', exact: true }).click();
    await rowOf(page, 'inner').waitFor({ state: 'detached' });
    assert.equal(await page.locator('.gantt-row').count(), 1);
    await rowOf(page, 'both').getByRole('button', { name: 'Unfold', exact: true }).click();
    await rowOf(page, 'slow').waitFor();
  });

  test('saying why it failed, one click from the list, and its log one more', async (t) => {
    const { api, open } = place();
    await api.save(FAILING);
    const { id } = await api.run('company.team/failing');
    const page = await open(t, 'executions');
    await page.locator(`td a[href$="${id}"]`).click();
    await reads(page.locator('p.error'), /^check: out of stock/);
    await eventually(async () => (await logTexts(page)).length === 2);
    await page.getByRole('link', { name: 'Show its log' }).click();
    await eventually(async () => (await logTexts(page)).join() === 'out of stock');
    await reads(page.locator('.chosen-run'), /check.*FAILED.*out of stock/s);
    assert.match(page.url(), /\?taskRun=/);
  });

  test('opening a link to a task run, and leaving it by the browser', async (t) => {
    const { api, open } = place();
    const { id, taskRunList } = await api.run('company.team/failing');
    const alarm = taskRunList.find(({ taskId }) => taskId === 'alarm')!;
    const page = await open(t, 'executions');
    await page.goto(`${place().server.url}/ui/executions/${id}?taskRun=${alarm.id}`);
    await eventually(async () => (await logTexts(page)).join() === 'somebody is called');
    assert.equal(await rowOf(page, 'alarm').getAttribute('aria-selected'), 'true');
    await page.locator('.narrowed').click();
    await eventually(async () => (await logTexts(page)).length === 2);
    await page.goBack();
    await reads(title(page), 'Executions');
  });

  test('going from an execution to the one that it waits for, and back', async (t) => {
    const { api, open } = place();
    await api.save('id: inner\nnamespace: company.team\ntasks: [{ id: rest, type: io.kestra.plugin.core.flow.Pause }]');
    await api.save(`
id: outer
namespace: company.team
tasks:
  - { id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: inner, wait: true }
`);
    const { id } = await api.start('company.team/outer');
    const page = await open(t, `executions/${id}`);
    await reads(page.locator('.waiting'), /^call waits for the end of the execution that it started/);
    await page.getByRole('link', { name: 'Open that' }).click();
    await reads(title(page), 'company.team.inner');
    await page.getByRole('button', { name: 'Resume…' }).click();
    await page.locator('.run button[type=submit]').click();
    await reads(state(page), 'SUCCESS');
    await page.getByRole('link', { name: /^the execution/ }).click();
    await reads(title(page), 'company.team.outer');
    await reads(state(page), 'SUCCESS');
  });

  test('going on now, where somebody does not want to wait', async (t) => {
    const { api, open } = place();
    await api.save(PATIENT);
    const { id } = await api.start('company.team/patient');
    const page = await open(t, `executions/${id}`);
    await page.getByRole('button', { name: 'Go on now' }).click();
    await reads(page.locator('.waiting'), /attempt 3 follows/);
    await page.getByRole('button', { name: 'Go on now' }).click();
    await reads(state(page), 'FAILED');
  });

  test('saying why it waits, and killing it in two steps', async (t) => {
    const { api, open } = place();
    await api.save(PATIENT);
    const { id } = await api.start('company.team/patient');
    const page = await open(t, `executions/${id}`);
    await reads(
      page.locator('.waiting'),
      /^flaky failed \(the other side said 503\) and will be tried again: attempt 2 follows/,
    );
    const kill = page.locator('button.danger');
    await kill.click();
    await reads(kill, 'Kill it: sure?');
    await page.keyboard.press('Escape');
    await reads(kill, 'Kill');
    await kill.click();
    await kill.click();
    await reads(state(page), 'KILLED');
    assert.equal((await api.execution(id)).state.current, 'KILLED');
    assert.equal(await page.locator('.waiting').count(), 0);
  });

  test('walking through it by the keyboard alone', async (t) => {
    const { api, open } = place();
    const { id } = await api.run('company.team/failing');
    const page = await open(t, `executions/${id}`);
    await rowOf(page, 'alarm').waitFor();
    const tree = page.getByRole('tree');
    await tabTo(page, tree);
    for (const key of ['ArrowDown', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    await rowOf(page, 'check').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await rowOf(page, 'check').waitFor();
    await page.keyboard.press('End');
    assert.equal(await tree.getAttribute('aria-activedescendant'), await rowOf(page, 'alarm').getAttribute('id'));
    await page.keyboard.press('Enter');
    await reads(page.locator('.chosen-run h3'), 'alarm');
    await page.keyboard.press('Enter');
    await page.locator('.chosen-run').waitFor({ state: 'detached' });
    await tabTo(page, page.getByLabel('Search the log'));
    await page.keyboard.type('STOCK');
    await eventually(async () => (await logTexts(page)).join() === 'out of stock');
    await reads(page.locator('.log .count'), '1 of 2 lines');
    await tabTo(page, page.getByRole('log'));
    assert.equal(idIn(page), id);
  });
}
