/** What is said of a setting that the schema refuses: where it stands, what was expected and got. Secrets are not repeated. */
import type { z } from 'zod';

const EXCERPT_CHARS = 60;
const OWN_WORDS = /^expected /;
/** What stands behind it may be a password. */
const ADDRESS = /^[a-z+]+:\/\//i;

type Issue = z.core.$ZodIssue;

/** `expected …, got …` of one issue. `value`: the whole setting; `hidden`: it must not be printed. */
export function refusalOfSetting(issue: Issue, value: unknown, hidden: boolean): string {
  const inside = issue.path.slice(1);
  const place = inside.length > 0 ? `${inside.map(String).join('.')}: ` : '';
  const got = inside.reduce<unknown>(
    (outer, part) => (outer as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  );
  return `${place}${expectedBy(issue)}, got ${hidden ? hiddenText(got) : excerptOf(got)}`;
}

function expectedBy(issue: Issue): string {
  if (OWN_WORDS.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_small':
      return `expected ${issue.origin === 'string' ? `${issue.minimum} characters or more` : `${issue.minimum} or more`}`;
    case 'too_big':
      return `expected ${issue.maximum} or less`;
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}`;
    case 'unrecognized_keys':
      return `expected no ${issue.keys.join(', ')}`;
    default:
      return `expected another value (${issue.message})`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

const hiddenText = (got: unknown): string =>
  typeof got === 'string' ? `${got.length} characters (hidden)` : `${typeof got} (hidden)`;

function excerptOf(got: unknown): string {
  if (got === undefined) return 'nothing';
  if (typeof got === 'string' && ADDRESS.test(got)) return `${got.slice(0, got.indexOf('://'))}://…`;
  const text = JSON.stringify(got) ?? String(got);
  return text.length <= EXCERPT_CHARS ? text : `${text.slice(0, EXCERPT_CHARS)}…`;
}
