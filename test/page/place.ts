/** Where the tests of the page take place: one installation, one browser, and the words for what a person does there. */
import type { TestContext } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { Api } from '../support/api.ts';
import { type OpenOptions, reads, startBrowser, type TestBrowser } from '../support/browser.ts';
import { anInstallation, type Installation, type ServerProcess } from '../support/server.ts';

export interface Place {
  readonly home: Installation;
  readonly server: ServerProcess;
  readonly browser: TestBrowser;
  readonly api: Api;
  /** `path` below /ui/. */
  open(t: TestContext, path: string, options?: OpenOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openPlace(): Promise<Place> {
  const browser = await startBrowser();
  const home = anInstallation();
  const close = async () => {
    await browser.close();
    await home.remove();
  };
  try {
    const server = await home.start('standalone');
    const open: Place['open'] = (t, path, options) => browser.open(t, `${server.url}/ui/${path}`, options);
    return { home, server, browser, api: home.api(), open, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export const title = (page: Page): Locator => page.locator('main h1');
export const state = (page: Page): Locator => page.locator('.title .state').first();
export const rowOf = (page: Page, task: string): Locator => page.locator(`.gantt-row[data-task="${task}"]`);
export const logTexts = (page: Page): Promise<string[]> => page.locator('.log-lines .log-text').allTextContents();
export const idIn = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1)!;

/** A page that is loaded anew forgets what was put into its window. */
export async function markLoad(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => {
    (globalThis as { loadedOnce?: boolean }).loadedOnce = true;
  });
  return () => page.evaluate(() => (globalThis as { loadedOnce?: boolean }).loadedOnce === true);
}

export async function fill(page: Page, input: string, text: string): Promise<void> {
  await page.locator(`.run [name="${input}"]`).fill(text);
}

export async function runByForm(page: Page): Promise<string> {
  await page.locator('.run button[type=submit]').click();
  await reads(page.locator('.facts .mono'), /^\S+$/);
  return idIn(page);
}
