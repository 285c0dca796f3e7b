/** What types there are: the parser asks it, plugins and flowables fill it. Filled by lib/plugin/catalogue.ts. */
import type { Task } from './flow.ts';
import type { Problem } from './problem.ts';

/** A problem inside a task's properties: `path` is relative to the task. */
export type PropertyProblem = Pick<Problem, 'message' | 'path' | 'expected' | 'got' | 'kestra' | 'severity'>;

export interface TypeEntry {
  /** Canonical, such as `io.kestra.plugin.core.log.Log`. */
  readonly type: string;
  readonly aliases: readonly string[];
  readonly kind: 'runnable' | 'flowable' | 'trigger' | 'condition';
  readonly title: string;
  /** What to use instead, where it should not be used any more. */
  readonly deprecated?: string;
  /** Properties that hold lists of tasks. Empty for runnable tasks. */
  readonly lists: readonly TaskList[];
  /** Of its own properties, the one that asks for inputs of a person. */
  readonly inputs?: string;
  /** Names of its own properties, without those every task has. */
  readonly properties: readonly string[];
  /** JSON Schema (2020-12) of its own properties, for editors and documentation. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** All problems of the properties as written: a value that holds a template is not judged before it is rendered. */
  check(properties: Readonly<Record<string, unknown>>): readonly PropertyProblem[];
  /** Of the tasks inside it. */
  checkLists?(task: Task): readonly PropertyProblem[];
}

/** A property that holds tasks: a plain list, one task, a map of lists (`cases.<key>`), or a list of `{ task, dependsOn }`. */
export interface TaskList {
  readonly name: string;
  readonly shape: 'list' | 'one' | 'map' | 'dag';
  /** It must hold at least one task. */
  readonly needed?: boolean;
  /** What the task is there for, and not for when it fails or ends: its children inherit its `retry`. */
  readonly main?: boolean;
}

export interface Catalogue {
  find(type: string): TypeEntry | undefined;
  /** All of them, sorted by type: for listings and for "did you mean". */
  readonly entries: readonly TypeEntry[];
}
