/** What types there are: the parser asks it, plugins and flowables fill it. Filled by lib/plugin/catalogue.ts. */
import type { Problem } from './problem.ts';

/** A problem inside a task's properties: `path` is relative to the task. */
export type PropertyProblem = Pick<Problem, 'message' | 'path' | 'expected' | 'got' | 'kestra' | 'severity'>;

export interface TypeEntry {
  /** Canonical, such as `io.kestra.plugin.core.log.Log`. */
  readonly type: string;
  readonly aliases: readonly string[];
  readonly kind: 'runnable' | 'flowable' | 'trigger';
  readonly title: string;
  /** Properties that hold lists of tasks; `['tasks', 'errors', 'finally']` for a Sequential. Empty for runnable tasks. */
  readonly lists: readonly string[];
  /** Names of its own properties, without those every task has. */
  readonly properties: readonly string[];
  /** JSON Schema (2020-12) of its own properties, for editors and documentation. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** All problems of the properties as written: a value that holds a template is not judged before it is rendered. */
  check(properties: Readonly<Record<string, unknown>>): readonly PropertyProblem[];
}

export interface Catalogue {
  find(type: string): TypeEntry | undefined;
  /** All of them, sorted by type: for listings and for "did you mean". */
  readonly entries: readonly TypeEntry[];
}
