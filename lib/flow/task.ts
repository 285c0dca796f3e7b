/**
 * Tasks as written become tasks as run: types resolved by the catalogue, lists parsed at any depth, every property known.
 * Ids are unique in a flow, over all lists.
 */
import type { Catalogue, TaskList, TypeEntry } from '../model/catalogue.ts';
import type { Retry, Task } from '../model/flow.ts';
import { nearest } from '../nearest.ts';
import type { Path } from '../yaml/yaml.ts';
import { readInputs } from './input.ts';
import { ID, LOG_LEVELS, namesOf, TASK_PROPERTIES, WORKER_GROUP } from './language.ts';
import type { Problems } from './problems.ts';
import { isMap, MapReader, type YamlMap } from './reader.ts';
import { readRetry } from './retry.ts';
import { checkTemplates } from './templates.ts';

const SHAPE = new RegExp(ID);
const ID_CHARS_MAX = 256;
const TASKS_MAX = 10_000;
const DEPTH_MAX = 20;
/** Known to Kestra, and refused here. */
const LATER = ['version', 'assets', 'workerSelector'] as const;
/** What every task may have. */
export const TASK_NAMES: ReadonlySet<string> = new Set(['type', ...namesOf(TASK_PROPERTIES), ...LATER]);
const NOTHING: readonly Task[] = [];

const DAG_ITEM: ReadonlySet<string> = new Set(['task', 'dependsOn']);

/** What is around a list of tasks: the tasks, innermost first, and the retry that its tasks inherit. */
export interface Around {
  readonly parents: readonly string[];
  readonly retry?: Retry;
}

export class TaskReader {
  readonly taskOf = new Map<string, Task>();
  #count = 0;
  /** Tasks whose type is not known. */
  #unknown = 0;
  readonly #catalogue: Catalogue;
  readonly #problems: Problems;
  readonly #workerGroup: string | undefined;
  readonly #seen = new Set<string>();
  readonly #repeated = new Map<string, Path>();

  constructor(catalogue: Catalogue, problems: Problems, workerGroup: string | undefined) {
    this.#catalogue = catalogue;
    this.#problems = problems;
    this.#workerGroup = workerGroup;
  }

  /** Of all tasks that were read, of those with problems too. */
  get ids(): ReadonlySet<string> {
    return this.#seen;
  }

  /** A plain list of tasks. `needed`: it must not be empty. */
  list(owner: MapReader, name: string, around: Around & { readonly needed?: boolean }): readonly Task[] {
    const items = this.#items(owner, name, around);
    return items.flatMap((reader) => this.#task(reader, around) ?? []);
  }

  /** The tasks of a property by the names of their lists. */
  #lists(
    owner: MapReader,
    { name, shape, needed }: TaskList,
    around: Around,
  ): [list: string, tasks: readonly Task[]][] {
    switch (shape) {
      case 'list':
        return [[name, this.list(owner, name, { ...around, needed })]];
      case 'one': {
        const reader = owner.inner(name, 'a task with id and type');
        const task = reader && this.#counted(reader.path) ? this.#task(reader, around) : undefined;
        return [[name, task ? [task] : NOTHING]];
      }
      case 'map': {
        const reader = owner.inner(name, 'a map of lists of tasks');
        const keys = Object.keys(reader?.map ?? {});
        return keys.map((key) => [`${name}.${key}`, this.list(reader!, key, around)]);
      }
      case 'dag':
        return [[name, this.#dag(owner, name, { ...around, needed })]];
    }
  }

  #dag(owner: MapReader, name: string, around: Around & { readonly needed?: boolean }): readonly Task[] {
    return this.#items(owner, name, around).flatMap((reader) => {
      reader.only(DAG_ITEM, { title: 'a Dag', javaClass: 'io.kestra.plugin.core.flow.Dag$DagTask' });
      const inner = reader.inner('task', 'a task with id and type');
      if (!inner) {
        if (!reader.has('task')) this.#problems.missing(reader.at('task'), 'a task with id and type');
        return [];
      }
      const task = this.#task(inner, around);
      return task ? [{ ...task, dependsOn: reader.list('dependsOn').map(String) }] : [];
    });
  }

  #items(
    owner: MapReader,
    name: string,
    { parents, needed }: Around & { readonly needed?: boolean },
  ): readonly MapReader[] {
    if (parents.length > DEPTH_MAX) {
      this.#problems.error(owner.at(name), `expected at most ${DEPTH_MAX} levels of tasks, got more`);
      return [];
    }
    const readers = owner.maps(name, 'a task with id and type');
    if (needed && readers.length === 0 && owner.list(name).length === 0)
      this.#problems.missing(owner.at(name), 'at least one task', 'must not be empty');
    return readers.filter(({ path }) => this.#counted(path));
  }

  /** One problem where there are too many, and none of those beyond. */
  #counted(path: Path): boolean {
    if (++this.#count === TASKS_MAX + 1) this.#problems.error(path, `expected at most ${TASKS_MAX} tasks, got more`);
    return this.#count <= TASKS_MAX;
  }

  /** One problem per repetition; the first carries Kestra's sentence, which names all. */
  finish(): void {
    let kestra: string | undefined = `Duplicate task id with name [${[...this.#repeated.keys()].join(', ')}]`;
    for (const [id, path] of this.#repeated) {
      this.#problems.error(path, `expected each task id once in a flow, got ${id} again`, { got: id, kestra });
      kestra = undefined;
    }
  }

  #task(reader: MapReader, { parents, retry: inheritedRetry }: Around): Task | undefined {
    const id = this.#id(reader);
    const entry = this.#entry(reader);
    if (!entry) this.#unknown++;
    if (!entry) return undefined;
    const unknown = this.#unknown;
    const properties = this.#properties(reader, entry);
    const retry = readRetry(reader);
    const inside = [id, ...parents];
    const lists: Record<string, readonly Task[]> = {};
    for (const list of entry.lists) {
      const around = { parents: inside, ...(list.main ? { retry: retry ?? inheritedRetry } : {}) };
      for (const [name, tasks] of this.#lists(reader, list, around)) lists[name] = tasks;
    }
    const task: Task = {
      id,
      type: entry.type,
      writtenType: String(reader.get('type')),
      kind: entry.kind === 'flowable' ? 'flowable' : 'runnable',
      description: reader.text('description'),
      disabled: reader.boolean('disabled', false),
      timeout: reader.duration('timeout'),
      retry,
      ...(inheritedRetry ? { inheritedRetry } : {}),
      allowFailure: reader.boolean('allowFailure', false),
      allowWarning: reader.boolean('allowWarning', false),
      runIf: reader.template(reader.has('runIf') ? 'runIf' : 'when'),
      logLevel: reader.oneOf('logLevel', LOG_LEVELS),
      ...(reader.boolean('logToFile', false) ? { logToFile: true } : {}),
      workerGroup: readWorkerGroup(reader) ?? this.#workerGroup,
      properties,
      lists,
      parents,
      ...(entry.inputs === undefined ? {} : { inputs: readInputs(reader, entry.inputs) }),
    };
    for (const name of LATER)
      if (reader.has(name) && !entry.properties.includes(name)) this.#problems.later(reader.at(name), name);
    if (reader.has('taskCache'))
      this.#problems.warning(reader.at('taskCache'), 'taskCache is not supported yet: the task runs each time');
    if (entry.deprecated !== undefined)
      this.#problems.warning(reader.path, `${entry.type} is deprecated: use ${entry.deprecated}`);
    // Where some task inside could not be read, its problem is enough.
    const whole = this.#unknown === unknown;
    for (const problem of (whole && entry.checkLists?.(task)) || [])
      this.#problems.add([...reader.path, ...partsOf(problem.path)], problem);
    this.taskOf.set(id, task);
    return task;
  }

  #id(reader: MapReader): string {
    const id = reader.text('id');
    const path = reader.at('id');
    if (id === undefined) this.#problems.missing(path, 'an id');
    else if (!SHAPE.test(id) || id.length > ID_CHARS_MAX)
      this.#problems.expected(
        path,
        `an id of letters, digits, - and _, up to ${ID_CHARS_MAX}`,
        id,
        `must match "${SHAPE.source.slice(0, -1)}"`,
      );
    else if (this.#seen.has(id)) this.#repeated.set(id, path);
    else this.#seen.add(id);
    return id ?? '';
  }

  #entry(reader: MapReader): TypeEntry | undefined {
    const type = reader.get('type');
    const path = reader.at('type');
    if (type === undefined) {
      this.#problems.missing(path, 'a type', 'Invalid type: null');
      return undefined;
    }
    const written = String(type);
    const entry = this.#catalogue.find(written);
    if (entry?.kind !== 'runnable' && entry?.kind !== 'flowable') {
      const known = this.#catalogue.entries.filter(({ kind }) => kind === 'runnable' || kind === 'flowable');
      this.#problems.error(path, `expected a type of task, got ${written}${meant(written, known)}`, {
        got: written,
        kestra: `Invalid type: ${written}`,
      });
      return undefined;
    }
    if (written !== entry.type)
      this.#problems.warning(path, `${written} is another name of ${entry.type}`, {
        expected: entry.type,
        got: written,
      });
    return entry;
  }

  /** Its own properties, as written: templates are not rendered, and not judged beyond their syntax. */
  #properties(reader: MapReader, entry: TypeEntry): YamlMap {
    const own: Record<string, unknown> = {};
    const ownNames = new Set(entry.properties);
    const listNames = entry.lists.map(({ name }) => name);
    for (const name of Object.keys(reader.map)) {
      if (ownNames.has(name)) {
        own[name] = reader.map[name];
        if (name !== entry.inputs) checkTemplates(own[name], reader.at(name), this.#problems);
      } else if (!TASK_NAMES.has(name) && !listNames.includes(name))
        this.#problems.unknown(reader.at(name), [...TASK_NAMES, ...ownNames, ...listNames], {
          title: entry.type,
          javaClass: entry.type,
        });
    }
    for (const problem of entry.check(own)) this.#problems.add([...reader.path, ...partsOf(problem.path)], problem);
    return own;
  }
}

/** The worker group that a task or a flow asks for. */
export function readWorkerGroup(reader: MapReader): string | undefined {
  const group = reader.get('workerGroup');
  if (group === undefined) return undefined;
  if (!isMap(group)) {
    reader.problems.expected(reader.at('workerGroup'), 'a map with key', group);
    return undefined;
  }
  const inner = new MapReader(group, reader.at('workerGroup'), reader.problems);
  inner.only(namesOf(WORKER_GROUP), {
    title: 'workerGroup',
    javaClass: 'io.kestra.core.models.tasks.WorkerGroup',
  });
  const fallback = inner.oneOf('fallback', ['WAIT', 'FAIL', 'CANCEL']);
  if (fallback !== undefined && fallback !== 'WAIT')
    reader.problems.later(inner.at('fallback'), `fallback ${fallback}`);
  const key = inner.text('key');
  if (key === undefined) reader.problems.missing(inner.at('key'), 'the name of a worker group');
  else if (!SHAPE.test(key)) reader.problems.expected(inner.at('key'), 'a name of letters, digits, - and _', key);
  return key;
}

/** What to say of a type that is not there: the type that was meant, by its last part, or that it is one of Kestra's own. */
export function meant(written: string, entries: readonly TypeEntry[]): string {
  // Of two that are as near, the one of the same package.
  const sorted = entries.toSorted((a, b) => Number(isBeside(b, written)) - Number(isBeside(a, written)));
  const byName = new Map(sorted.map(({ type }) => [nameOf(type), type]));
  const hint = byName.get(nearest(nameOf(written), byName.keys()) ?? '');
  if (hint) return ` (did you mean ${hint}?)`;
  return KESTRAS_OWN.test(written) ? ', which is not supported yet' : '';
}

const KESTRAS_OWN = /^io\.kestra\.(?:plugin\.)?core\./;

const isBeside = ({ type }: TypeEntry, written: string): boolean =>
  type.slice(0, type.lastIndexOf('.')) === written.slice(0, written.lastIndexOf('.'));
const nameOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** `a.b[0]` as a path. */
function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? name! : Number(index),
  );
}
