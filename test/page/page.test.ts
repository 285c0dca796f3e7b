/** The page, as a person at a browser meets it: one installation, one browser, one thing after the other. */
import { after, before, describe } from 'node:test';
import { LEFT_OUT } from '../support/browser.ts';
import { watching } from './execution.ts';
import { findingOnesWay } from './lists.ts';
import { openPlace, type Place } from './place.ts';
import { signingIn } from './sign-in.ts';

describe('the page', { skip: LEFT_OUT }, () => {
  let place: Place;
  before(async () => {
    place = await openPlace();
  });
  after(() => place?.close());

  // What teaches whoever has nothing yet must come first.
  signingIn(() => place);
  findingOnesWay(() => place);
  watching(() => place);
});
