/** The browser of the page's test: Debian's chromium. Where it cannot be had, the test says that it was left out. */
import { install } from './debian.mjs';
import { say, which } from './say.mjs';

export function bringChromium() {
  if (which('chromium') || which('google-chrome')) return;
  if (install(['chromium', 'fonts-dejavu-core']) && which('chromium')) return;
  say('no chromium was found, and none could be installed: the tests in a browser are left out');
}
