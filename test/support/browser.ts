/**
 * The page in a real browser: chromium without a window. A page that a test opens must not complain: an error on its console,
 * a violation of its content security policy or an uncaught error fails the test that opened it. Where no browser is found
 * the tests are left out, and say so; in CI they fail.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { eventually } from './eventually.ts';
import { ROOT } from './tree.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/bin'];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** As `anInstallation` makes it. */
export const FIRST_USER = { username: 'admin', password: 'correct-horse' };
/** Longer than a busy machine needs; what waits for more is broken. */
const PATIENCE_MS = 20_000;
const BUILDING = join(tmpdir(), 'windhover-page-is-built');
const BUILD_MS = 60_000;
const TABS_MAX = 60;

const found = FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
/** Tests in a browser. Where there is none, one test says that they were left out, for a suite is not counted. */
export function inBrowser(name: string, suite: () => void): void {
  if (found || process.env.CI) describe(name, suite);
  else test(name, { skip: 'no chromium was found on the PATH or in /usr/bin' });
}

export interface OpenOptions extends BrowserContextOptions {
  /** False: nobody is signed in. */
  readonly signedIn?: boolean;
  /** Statuses of answers, or errors of the network, that the test brings about: the browser puts them on the console. */
  readonly provoked?: readonly (number | string)[];
}

export interface TestBrowser {
  /** A page of its own, with the session of the first user. It is closed, and its complaints are read, after the test. */
  open(t: TestContext, url: string, options?: OpenOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function launchBrowser(): Promise<Browser> {
  if (!found) throw new Error('expected chromium on the PATH or in /usr/bin, got none: CI leaves nothing out');
  await buildPage();
  return chromium.launch({ executablePath: found, args: ARGS });
}

export async function startBrowser(): Promise<TestBrowser> {
  const browser = await launchBrowser();
  return { open: (t, url, options) => open(browser, t, url, options), close: () => browser.close() };
}

async function open(browser: Browser, t: TestContext, url: string, options: OpenOptions = {}): Promise<Page> {
  const { provoked = [], signedIn = true, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...rest });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const isProvoked = (text: string) =>
    text.startsWith('Failed to load resource') && provoked.some((what) => text.includes(String(what)));
  context.on('console', (message) => {
    // Violations of the policy come here too, as errors.
    if (message.type() === 'error' && !isProvoked(message.text()))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  if (signedIn) return signedInto(context, url);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

export async function signedInto(context: BrowserContext, url: string): Promise<Page> {
  const answer = await context.request.post(new URL('/api/v1/login', url).href, { data: FIRST_USER });
  assert.equal(answer.status(), 200, await answer.text());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** As `npm test` does before; two test files must not build at once. */
async function buildPage(): Promise<void> {
  for (const until = performance.now() + BUILD_MS; performance.now() < until; await sleep(100)) {
    try {
      mkdirSync(BUILDING);
      break;
    } catch {
      // Another file builds. What an ended process left behind is outlived.
    }
  }
  const code = "import { buildPage } from './web/cli/setup/page.mjs'; buildPage();";
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: ROOT });
  rmSync(BUILDING, { recursive: true, force: true });
  assert.equal(status, 0, String(stderr));
}

/** Waits for `place` and presses Tab until it has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, place: Locator): Promise<void> {
  await place.first().waitFor();
  for (let n = 0; n < TABS_MAX; n++) {
    await page.keyboard.press('Tab');
    if (await place.evaluateAll((elements) => elements.some((element) => element === document.activeElement))) return;
  }
  throw new Error(`expected ${place} within ${TABS_MAX} presses of Tab, got elsewhere`);
}

/** Waits until the text of `place` is, or matches, what is expected. */
export function reads(place: Locator, expected: string | RegExp, withinMs = PATIENCE_MS): Promise<string> {
  return eventually(async () => {
    const text = (await place.first().textContent({ timeout: 1_000 })) ?? '';
    if (typeof expected === 'string') assert.equal(text.trim(), expected);
    else assert.match(text, expected);
    return text || ' ';
  }, withinMs);
}

/** How many elements are drawn. */
export const elementsOf = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length);

/** A port that nobody has, for a server that comes back to it. */
export async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
