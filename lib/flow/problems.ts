/** Collects what is wrong with a document: each problem with its path, its place in the text, what was expected and got. */

import type { ExpressionError } from '../expression/error.ts';
import type { Problem } from '../model/problem.ts';
import { nearest } from '../nearest.ts';
import { type Path, pathText, type Yaml } from '../yaml/yaml.ts';

const PROBLEMS_MAX = 200;
const GOT_CHARS_MAX = 80;
const COLUMNS_MAX = 2 ** 21;

export interface Detail {
  readonly expected?: string;
  readonly got?: string;
  readonly kestra?: string;
}

export class Problems {
  readonly list: Problem[];
  /** Templates that can be read: what they name is judged when all else is known. */
  readonly templates: { readonly path: Path; readonly text: string }[] = [];
  readonly #yaml: Yaml;

  constructor(yaml: Yaml) {
    this.list = [...yaml.problems];
    this.#yaml = yaml;
  }

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
  }

  /** In the order of the text. */
  sorted(): readonly Problem[] {
    const place = ({ line = 0, column = 0 }: Problem): number => line * COLUMNS_MAX + Math.min(column, COLUMNS_MAX - 1);
    return this.list.toSorted((a, b) => place(a) - place(b));
  }

  error(path: Path, message: string, detail: Detail = {}): void {
    this.#add('error', path, message, detail);
  }

  /** Of a template inside a text, in its place there. Kestra takes it, and it fails when it is rendered: a warning. */
  within(path: Path, error: ExpressionError, detail: Detail): void {
    const { reason, hint } = error;
    const message = `${reason.replace(/,$/, '')}${hint && `; ${hint}`}`;
    this.#add('warning', path, message, { ...this.#yaml.inside(path, error), ...detail });
  }

  warning(path: Path, message: string, detail: Detail = {}): void {
    this.#add('warning', path, message, detail);
  }

  /** *expected …, got …*, with the value that was found. */
  expected(path: Path, expected: string, value: unknown, kestra?: string): void {
    const got = excerpt(value);
    this.error(path, `expected ${expected}, got ${got}`, { expected, got, kestra });
  }

  /** One of some words, with the one that was meant. */
  expectedOne(path: Path, known: readonly string[], value: unknown, kestra?: string): void {
    const [expected, got] = [`one of ${known.join(', ')}`, excerpt(value)];
    const hint = typeof value === 'string' ? nearest(value, known) : undefined;
    const message = `expected ${expected}, got ${got}${hint ? ` (did you mean ${hint}?)` : ''}`;
    this.error(path, message, { expected, got, kestra });
  }

  missing(path: Path, expected: string, kestra = 'must not be null'): void {
    this.error(path, `expected ${expected}, got nothing`, { expected, got: 'nothing', kestra });
  }

  unknown(path: Path, known: Iterable<string>, owner: { readonly title: string; readonly javaClass: string }): void {
    const name = String(path.at(-1));
    const names = [...known].sort();
    const hint = nearest(name, names);
    this.error(path, `expected a property of ${owner.title}, got ${name}${hint ? ` (did you mean ${hint}?)` : ''}`, {
      expected: names.join(', '),
      got: name,
      kestra:
        `Unrecognized field "${name}" (class ${owner.javaClass}), not marked as ignorable ` +
        `(${names.length} known properties: ${names.map((each) => `"${each}"`).join(', ')}])`,
    });
  }

  later(path: Path, what: string): void {
    this.error(path, `${what} is not supported yet`);
  }

  /** A problem of a part that knows only its own paths, such as a task's type. */
  add(path: Path, { severity, message, expected, got, kestra }: Omit<Problem, 'path' | 'line' | 'column'>): void {
    this.#add(severity, path, message, { expected, got, kestra });
  }

  #add(severity: Problem['severity'], path: Path, message: string, detail: Partial<Problem>): void {
    if (this.list.length >= PROBLEMS_MAX) return;
    this.list.push({ message, severity, path: pathText(path), ...this.#yaml.at(path), ...detail });
  }
}

export function excerpt(value: unknown): string {
  if (value === undefined || value === null || value === '') return value === '' ? 'an empty text' : 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= GOT_CHARS_MAX ? text : `${text.slice(0, GOT_CHARS_MAX)}…`;
}
