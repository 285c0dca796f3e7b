/** The page, as a person at a browser meets it: one installation, one browser, one thing after the other. */
import { after, before } from 'node:test';
import { inBrowser } from '../support/browser.ts';
import { leavingFlows, writingFlows } from './editor.ts';
import { watching } from './execution.ts';
import { findingOnesWay } from './lists.ts';
import { operating } from './operations.ts';
import { openPlace, type Place } from './place.ts';
import { signingIn } from './sign-in.ts';
import { beginning } from './start.ts';
import { workingWithIt } from './story.ts';

inBrowser('the page', () => {
  let place: Place;
  before(async () => {
    place = await openPlace();
  });
  after(() => place?.close());

  // What teaches whoever has nothing yet must come first.
  signingIn(() => place);
  findingOnesWay(() => place);
  beginning(() => place);
  watching(() => place);
  workingWithIt(() => place);
  writingFlows(() => place);
  leavingFlows(() => place);
  operating(() => place);
});
