/** Every filter by its name. */
import type { Filter } from '../callable.ts';
import { abbreviate, capitalize, condenseString, lower, slugify, title, trim, upper } from './case.ts';
import { distinct, keys, merge, uniq, values } from './collection.ts';
import { date, dateAdd, timestamp, timestampMicro, timestampMilli, timestampNano } from './date.ts';
import { defaultFilter } from './default.ts';
import { base64decode, base64encode, escapeChar, escapeHtml, raw, urldecode, urlencode } from './escape.ts';
import { md5, sha1, sha256, sha512 } from './hash.ts';
import { indent, nindent } from './indent.ts';
import { jq } from './jq.ts';
import { chunk, first, flatten, join, last, length, reverse, rsort, slice, sort, split } from './list.ts';
import { string, toIon, toJson, yaml } from './notation.ts';
import { abs, className, number } from './number.ts';
import { numberFormat } from './number-format.ts';
import {
  endsWith,
  startsWith,
  substring,
  substringAfter,
  substringAfterLast,
  substringBefore,
  substringBeforeLast,
} from './part.ts';
import { regexExtract, regexMatch, regexReplace, replace } from './replace.ts';

export const FILTERS: Readonly<Record<string, Filter>> = {
  abbreviate,
  abs,
  base64decode,
  base64encode,
  capitalize,
  chunk,
  className,
  condenseString,
  date,
  dateAdd,
  default: defaultFilter,
  distinct,
  endsWith,
  escape: escapeHtml,
  escapeChar,
  first,
  flatten,
  indent,
  join,
  jq,
  json: toJson,
  keys,
  last,
  length,
  lower,
  md5,
  merge,
  nindent,
  number,
  numberFormat,
  numberformat: numberFormat,
  raw,
  regexExtract,
  regexMatch,
  regexReplace,
  replace,
  reverse,
  rsort,
  sha1,
  sha256,
  sha512,
  slice,
  slugify,
  sort,
  split,
  startsWith,
  string,
  substring,
  substringAfter,
  substringAfterLast,
  substringBefore,
  substringBeforeLast,
  timestamp,
  timestampMicro,
  timestampMilli,
  timestampNano,
  title,
  toIon,
  toJson,
  trim,
  uniq,
  upper,
  urldecode,
  urlencode,
  values,
  yaml,
};
