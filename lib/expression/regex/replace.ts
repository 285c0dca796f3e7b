/** Replacing and splitting by regular expressions, as Java's `replaceAll` and `split` do. */
import { BoundedText, type Budget, spend } from '../budget.ts';
import { ValueError } from '../error.ts';
import { type Found, find } from './match.ts';
import type { Regex } from './syntax.ts';

/** Every match, one behind the other; one that is empty moves on by a character. */
export function* findAll(regex: Regex, text: string, budget: Budget): Generator<Found> {
  for (let from = 0; from <= text.length; ) {
    const found = find(regex, text, from, budget);
    if (!found) return;
    spend(budget, 1);
    yield found;
    from = found.end > found.start ? found.end : found.end + 1;
  }
}

/** In `by`, `$1` and `${name}` are groups, and a backslash makes the next character an ordinary one. */
export function replaceAll(regex: Regex, text: string, by: string, budget: Budget): string {
  const parts = replacementOf(by, regex);
  const result = new BoundedText();
  let at = 0;
  for (const { start, end, groups } of findAll(regex, text, budget)) {
    result.add(text.slice(at, start));
    for (const part of parts) result.add(typeof part === 'string' ? part : (groups[part] ?? ''));
    at = end;
  }
  result.add(text.slice(at));
  return result.done;
}

/** Without a limit (0), empty parts at the end are dropped. An empty match at the start gives no empty part. */
export function splitBy(regex: Regex, text: string, limit: number, budget: Budget): readonly string[] {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of findAll(regex, text, budget)) {
    if (limit > 0 && parts.length === limit - 1) break;
    if (at === 0 && end === 0) continue;
    parts.push(text.slice(at, start));
    at = end;
  }
  if (at === 0 && parts.length === 0) return [text];
  parts.push(text.slice(at));
  if (limit === 0) while (parts.at(-1) === '') parts.pop();
  return parts;
}

function replacementOf(by: string, { groups, names }: Regex): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  for (const [whole, escaped, name, digits, text] of by.matchAll(/\\([\s\S])|\$\{(\w+)\}|\$(\d+)|([^$\\]+)|[\s\S]/g)) {
    if (escaped !== undefined) parts.push(escaped);
    else if (text !== undefined) parts.push(text);
    else if (name !== undefined) parts.push(groupNamed(name, names));
    else if (digits !== undefined) parts.push(...groupNumbered(digits, groups));
    else throw new ValueError(`expected a group such as $1 behind \`${whole}\` in the replacement \`${by}\``);
  }
  return parts;
}

function groupNamed(name: string, names: ReadonlyMap<string, number>): number {
  const index = names.get(name);
  if (index === undefined) throw new ValueError(`expected a group of the regular expression, got \${${name}}`);
  return index;
}

/** As many digits as there are groups for; the rest is text. */
function groupNumbered(digits: string, groups: number): readonly (string | number)[] {
  let used = 1;
  if (Number(digits[0]) >= groups)
    throw new ValueError(`expected a group of the regular expression, got $${digits[0]}`);
  while (used < digits.length && Number(digits.slice(0, used + 1)) < groups) used++;
  return [Number(digits.slice(0, used)), digits.slice(used)];
}
