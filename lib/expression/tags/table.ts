/** Every tag by its name. `raw` and `verbatim` are not read as tags: see verbatim.ts. */
import type { Tag } from '../node.ts';
import { block } from './block.ts';
import { filter } from './filter.ts';
import { forTag } from './for.ts';
import { ifTag } from './if.ts';
import { loader } from './loader.ts';
import { macro } from './macro.ts';
import { autoescape, cache, flush, parallel } from './plain.ts';
import { set } from './set.ts';

export const TAGS: Readonly<Record<string, Tag>> = {
  autoescape,
  block,
  cache,
  embed: loader,
  extends: loader,
  filter,
  flush,
  for: forTag,
  from: loader,
  if: ifTag,
  import: loader,
  include: loader,
  macro,
  parallel,
  set,
};
