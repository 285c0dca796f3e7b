/** Coming in, and what every page has: the bar above, colours, its weight. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_USER, reads, tabTo } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type Place, title } from './place.ts';

const FIRST_LOAD_BYTES_MAX = 300 * 1024;

export function signingIn(place: () => Place): void {
  test('signing in by the link that the server printed, and teaching whoever has nothing yet', async (t) => {
    const { server, browser } = place();
    const link = await eventually(() => /http\S+\/login\/\S+/.exec(server.printed.join('\n'))?.[0]);
    const page = await browser.open(t, link, { signedIn: false });
    await reads(page.locator('.empty'), /No flow yet.*npx windhover run hello\.yaml/s);
    assert.equal(page.url(), `${server.url}/ui/`);
    await reads(page.locator('.who'), /admin/);
    const bytes = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce(
        (sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize,
        0,
      ),
    );
    assert.ok(
      bytes > 0 && bytes <= FIRST_LOAD_BYTES_MAX,
      `expected at most ${FIRST_LOAD_BYTES_MAX} bytes, got ${bytes}`,
    );
    await page.getByRole('link', { name: 'Executions' }).click();
    await reads(page.locator('.empty'), /Nothing has run yet.*npx windhover run/s);
    await page.locator('.empty a').click();
    await reads(page.locator('.empty'), /No flow yet/);
    await page.locator('.empty a').click();
    await reads(title(page), 'New flow');
  });

  test('telling whoever follows a link that was used, and letting them in by the password', async (t) => {
    const { server, browser } = place();
    const link = await eventually(() => /http\S+\/login\/\S+/.exec(server.printed.join('\n'))?.[0]);
    const page = await browser.open(t, link, { signedIn: false, provoked: [401] });
    await reads(page.locator('[role=alert]'), /^That link was used before/);
    await page.locator('[name=username]').fill(FIRST_USER.username);
    await page.locator('[name=password]').fill(FIRST_USER.password);
    await page.keyboard.press('Enter');
    await reads(title(page), 'Start');
    assert.equal(new URL(page.url()).search, '');
  });

  test('refusing a wrong password in plain words, then signing in by the keyboard alone', async (t) => {
    const page = await place().open(t, 'flows', { signedIn: false, provoked: [401] });
    await reads(title(page), 'Windhover');
    await page.keyboard.type(FIRST_USER.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type('battery-staple');
    await page.keyboard.press('Enter');
    await reads(page.locator('[role=alert]'), 'There is no such user, or the password is another.');
    await page.locator('[name=password]').fill('');
    await page.keyboard.type(FIRST_USER.password);
    await tabTo(page, page.getByRole('button', { name: 'Sign in' }));
    await page.keyboard.press('Enter');
    // What the address named, not the front page.
    await reads(title(page), 'Flows');
  });

  test('signing out, so that the next one at this browser must sign in', async (t) => {
    const page = await place().open(t, 'flows', { provoked: [401] });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('.sign-in').waitFor();
    await page.reload();
    await page.locator('.sign-in').waitFor();
  });

  test('leading on from addresses that lead nowhere', async (t) => {
    const page = await place().open(t, 'executions/nobody', { provoked: [404] });
    await reads(title(page), 'This execution is not here');
    for (const [path, said] of [
      ['flows/company.team/nobody', 'This flow is not here'],
      ['something/else', 'Nothing is here'],
      ['executions/%E0%A4%A', 'Nothing is here'],
    ] as const) {
      await page.goto(`${place().server.url}/ui/${path}`);
      await reads(title(page), said);
    }
    await page.getByRole('link', { name: 'All flows' }).click();
    await reads(title(page), 'Flows');
  });

  test('taking light or dark from the system, until somebody chooses', async (t) => {
    const page = await place().open(t, '', { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => (await ground()) !== dark);
    await page.getByRole('button', { name: 'Colours: system' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    await eventually(async () => (await ground()) === dark);
    await page.reload();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    assert.equal(await ground(), dark);
  });
}
