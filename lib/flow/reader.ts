/**
 * Reads one map of a flow's source, property by property: asks for each what it must be, and says what is wrong. What is
 * absent and what is null are the same.
 */
import { isTemplate } from '../expression/render.ts';
import type { Path } from '../yaml/yaml.ts';
import { durationMs } from './duration.ts';
import type { Problems } from './problems.ts';
import { checkTemplates } from './templates.ts';

export type YamlMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export class MapReader {
  readonly map: YamlMap;
  readonly path: Path;
  readonly problems: Problems;

  constructor(map: YamlMap, path: Path, problems: Problems) {
    this.map = map;
    this.path = path;
    this.problems = problems;
  }

  at(name: string | number): Path {
    return [...this.path, name];
  }

  has(name: string): boolean {
    return Object.hasOwn(this.map, name) && !isAbsent(this.map[name]);
  }

  /** The value; what the prototype would answer is absent. */
  get(name: string): unknown {
    return Object.hasOwn(this.map, name) ? (this.map[name] ?? undefined) : undefined;
  }

  /** A text; numbers and booleans are read as theirs. */
  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'object') this.problems.expected(this.at(name), 'a text', value);
    else return String(value);
    return undefined;
  }

  /** A text that may be a template, whose syntax is checked. */
  template(name: string): string | undefined {
    const text = this.text(name);
    if (text !== undefined) checkTemplates(text, this.at(name), this.problems);
    return text;
  }

  boolean(name: string, absent: boolean): boolean {
    const value = this.get(name);
    if (value === undefined) return absent;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    this.problems.expected(this.at(name), 'true or false', value);
    return absent;
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    this.problems.expected(this.at(name), 'a number', value);
    return undefined;
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const found = known.find((each) => each === value || each === String(value).toUpperCase());
    if (!found) this.problems.expectedOne(this.at(name), known, value);
    return found;
  }

  durationMs(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const ms = typeof value === 'string' ? durationMs(value) : undefined;
    if (ms !== undefined && ms >= 0) return ms;
    this.problems.expected(this.at(name), 'an ISO-8601 duration such as PT30S', value);
    return undefined;
  }

  /** A duration that may also be a template of one. */
  duration(name: string): string | undefined {
    const value = this.get(name);
    if (typeof value === 'string' && isTemplate(value)) return this.template(name);
    return this.durationMs(name) === undefined ? undefined : String(value);
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.problems.expected(this.at(name), 'a list', value);
    return [];
  }

  /** A map inside, with a reader; undefined where it is absent, or no map, which is a problem. */
  inner(name: string, what: string): MapReader | undefined {
    const value = this.get(name);
    if (isMap(value)) return new MapReader(value, this.at(name), this.problems);
    if (value !== undefined) this.problems.expected(this.at(name), what, value);
    return undefined;
  }

  /** The maps of a list, with a reader for each; what is no map is a problem. */
  maps(name: string, what: string): readonly MapReader[] {
    const readers: MapReader[] = [];
    for (const [n, item] of this.list(name).entries()) {
      const path = [...this.path, name, n];
      if (isMap(item)) readers.push(new MapReader(item, path, this.problems));
      else this.problems.expected(path, what, item);
    }
    return readers;
  }

  /** Every property that is not known is a problem. */
  only(known: ReadonlySet<string>, owner: { readonly title: string; readonly javaClass: string }): void {
    for (const name of Object.keys(this.map)) if (!known.has(name)) this.problems.unknown(this.at(name), known, owner);
  }
}
