/**
 * Makes the pictures of the documentation: starts a server with flows of its own, opens the page as a person does, and writes
 * docs/screenshots/*.png, each in both themes. `npm run screenshots`
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser, signedInto } from '../support/browser.ts';
import { anInstallation } from '../support/server.ts';
import { ROOT } from '../support/tree.ts';

const FOLDER = join(ROOT, 'docs', 'screenshots');
const THEMES = ['light', 'dark'] as const;
const SIZE = { width: 1280, height: 860 };
const ORDERS = `id: orders
namespace: company.team
description: Packs what was ordered, and bills it.
labels: { team: sales }

inputs:
  - { id: greeting, type: STRING, defaults: Good morning }
  - { id: copies, type: INT, min: 1, max: 9, defaults: 2, description: Of the bill }
  - { id: list, type: FILE, required: false }

tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [tea, cake, bread]
    concurrencyLimit: 2
    tasks:
      - id: pack
        type: io.kestra.plugin.scripts.shell.Commands
        commands:
          - echo "{{ inputs.greeting }}, {{ taskrun.value }} is packed"; sleep 0.4
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: bill
        type: io.kestra.plugin.core.debug.Return
        format: "{{ inputs.copies }} copies"
      - id: ship
        type: io.kestra.plugin.core.execution.Fail
        errorMessage: no truck is free

errors:
  - id: tell
    type: io.kestra.plugin.core.log.Log
    message: somebody is told

triggers:
  - id: nightly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 2 * * *"
`;
const QUIET = ORDERS.replace('id: orders', 'id: quiet-orders').replace(
  'io.kestra.plugin.core.execution.Fail\n        errorMessage: no',
  'io.kestra.plugin.core.debug.Return\n        format: a',
);

/** It waits: the start page says why. */
const APPROVAL = `id: approval
namespace: company.finance
tasks:
  - { id: ask-the-boss, type: io.kestra.plugin.core.flow.Pause }
`;

/** What is shown: where, and what is done there before. */
const shots = (
  id: string,
): readonly (readonly [name: string, path: string, act: (page: Page) => Promise<unknown>])[] => [
  ['start', '', (page) => page.locator('.now .why').first().waitFor()],
  ['flows', 'flows', (page) => page.locator('td .state').first().waitFor()],
  ['flow', 'flows/company.team/orders', (page) => page.locator('.thing').first().waitFor()],
  ['editor', 'flows/company.team/orders/edit', showMistake],
  ['run', 'flows/company.team/orders?run=true', (page) => page.locator('.equivalents summary').click()],
  ['executions', 'executions?state=FAILED', (page) => page.locator('tbody input').first().check()],
  ['execution', `executions/${id}`, (page) => page.locator('.log-text').first().waitFor()],
  ['graph', `executions/${id}?view=topology`, (page) => page.locator('.thing .state').first().waitFor()],
  ['services', 'services', (page) => page.locator('.services tbody tr').nth(4).waitFor()],
  ['plugins', 'plugins/io.kestra.plugin.core.flow.ForEach', (page) => page.locator('.properties').first().waitFor()],
];

async function showMistake(page: Page): Promise<void> {
  await page.getByText('io.kestra.plugin.core.debug.Return').click();
  await page.keyboard.press('End');
  await page.keyboard.type('n');
  await page.locator('.problems').waitFor();
}

const home = anInstallation();
const browser = await launchBrowser();
try {
  const server = await home.start('standalone');
  const api = home.api();
  await api.save(ORDERS);
  await api.save(QUIET);
  const { id } = await api.run('company.team/orders');
  for (let n = 0; n < 4; n++) await api.run('company.team/quiet-orders');
  await api.save(APPROVAL);
  await api.start('company.finance/approval');
  mkdirSync(FOLDER, { recursive: true });
  for (const colorScheme of THEMES)
    for (const [name, path, act] of shots(id)) {
      const context = await browser.newContext({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' });
      const page = await signedInto(context, `${server.url}/ui/${path}`);
      await act(page);
      // Fonts, and where the graph comes to rest.
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) });
      await context.close();
    }
} finally {
  await browser.close();
  await home.remove();
}
