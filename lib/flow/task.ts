/**
 * Tasks as written become tasks as run: types resolved by the catalogue, lists parsed at any depth, every property known.
 * Ids are unique in a flow, over all lists.
 */
import type { Catalogue, TypeEntry } from '../model/catalogue.ts';
import type { Task } from '../model/flow.ts';
import { nearest } from '../nearest.ts';
import type { Path } from '../yaml/yaml.ts';
import type { Problems } from './problems.ts';
import { isMap, MapReader, type YamlMap } from './reader.ts';
import { readRetry } from './retry.ts';
import { checkTemplates } from './templates.ts';

const ID = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;
const ID_CHARS_MAX = 256;
const TASKS_MAX = 10_000;
const DEPTH_MAX = 20;
const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/** What every task may have. */
export const TASK_PROPERTIES: ReadonlySet<string> = new Set([
  'id',
  'type',
  'description',
  'disabled',
  'timeout',
  'retry',
  'allowFailure',
  'allowWarning',
  'runIf',
  'when',
  'logLevel',
  'logToFile',
  'workerGroup',
  'taskCache',
  'version',
  'assets',
  'workerSelector',
]);
const LATER = ['version', 'assets', 'workerSelector'] as const;
const NOTHING: readonly Task[] = [];

export class TaskReader {
  readonly taskOf = new Map<string, Task>();
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

  list(owner: MapReader, name: string, parents: readonly string[]): readonly Task[] {
    if (parents.length > DEPTH_MAX) {
      this.#problems.error(owner.at(name), `expected at most ${DEPTH_MAX} levels of tasks, got more`);
      return NOTHING;
    }
    const items = owner.list(name);
    if (name === 'tasks' && items.length === 0)
      this.#problems.missing(owner.at(name), 'at least one task', 'must not be empty');
    const tasks: Task[] = [];
    for (const [n, item] of items.entries()) {
      const path = [...owner.path, name, n];
      if (!isMap(item)) this.#problems.expected(path, 'a task with id and type', item);
      else if (this.#seen.size >= TASKS_MAX) {
        this.#problems.error(path, `expected at most ${TASKS_MAX} tasks, got more`);
        break;
      } else {
        const task = this.#task(new MapReader(item, path, this.#problems), parents);
        if (task) tasks.push(task);
      }
    }
    return tasks;
  }

  /** One problem per repetition; the first carries Kestra's sentence, which names all. */
  finish(): void {
    let kestra: string | undefined = `Duplicate task id with name [${[...this.#repeated.keys()].join(', ')}]`;
    for (const [id, path] of this.#repeated) {
      this.#problems.error(path, `expected each task id once in a flow, got ${id} again`, { got: id, kestra });
      kestra = undefined;
    }
  }

  #task(reader: MapReader, parents: readonly string[]): Task | undefined {
    const id = this.#id(reader);
    const entry = this.#entry(reader);
    if (!entry) return undefined;
    const properties = this.#properties(reader, entry);
    const inside = [id, ...parents];
    const lists: Record<string, readonly Task[]> = {};
    for (const name of entry.lists) lists[name] = this.list(reader, name, inside);
    const retry = readRetry(reader);
    if (retry && entry.kind === 'flowable') this.#problems.later(reader.at('retry'), `retry of ${entry.type}`);
    const task: Task = {
      id,
      type: entry.type,
      writtenType: String(reader.get('type')),
      kind: entry.kind === 'flowable' ? 'flowable' : 'runnable',
      description: reader.text('description'),
      disabled: reader.boolean('disabled', false),
      timeout: reader.duration('timeout'),
      retry,
      allowFailure: reader.boolean('allowFailure', false),
      allowWarning: reader.boolean('allowWarning', false),
      runIf: reader.template(reader.has('runIf') ? 'runIf' : 'when'),
      logLevel: reader.oneOf('logLevel', LOG_LEVELS),
      workerGroup: readWorkerGroup(reader) ?? this.#workerGroup,
      properties,
      lists,
      parents,
    };
    for (const name of LATER)
      if (reader.has(name) && !entry.properties.includes(name)) this.#problems.later(reader.at(name), name);
    if (reader.get('logToFile') === true)
      this.#problems.warning(
        reader.at('logToFile'),
        'logToFile is not supported yet: its lines are kept with the others',
      );
    if (reader.has('taskCache'))
      this.#problems.warning(reader.at('taskCache'), 'taskCache is not supported yet: the task runs each time');
    this.taskOf.set(id, task);
    return task;
  }

  #id(reader: MapReader): string {
    const id = reader.text('id');
    const path = reader.at('id');
    if (id === undefined) this.#problems.missing(path, 'an id');
    else if (!ID.test(id) || id.length > ID_CHARS_MAX)
      this.#problems.expected(
        path,
        `an id of letters, digits, - and _, up to ${ID_CHARS_MAX}`,
        id,
        `must match "${ID.source.slice(0, -1)}"`,
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
    if (!entry || entry.kind === 'trigger') {
      const known = this.#catalogue.entries.filter(({ kind }) => kind !== 'trigger');
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
    for (const name of Object.keys(reader.map)) {
      if (ownNames.has(name)) {
        own[name] = reader.map[name];
        checkTemplates(own[name], reader.at(name), this.#problems);
      } else if (!TASK_PROPERTIES.has(name) && !entry.lists.includes(name))
        this.#problems.unknown(reader.at(name), [...TASK_PROPERTIES, ...ownNames, ...entry.lists], {
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
  inner.only(new Set(['key', 'fallback']), {
    title: 'workerGroup',
    javaClass: 'io.kestra.core.models.tasks.WorkerGroup',
  });
  const fallback = inner.oneOf('fallback', ['WAIT', 'FAIL', 'CANCEL']);
  if (fallback !== undefined && fallback !== 'WAIT')
    reader.problems.later(inner.at('fallback'), `fallback ${fallback}`);
  const key = inner.text('key');
  if (key === undefined) reader.problems.missing(inner.at('key'), 'the name of a worker group');
  else if (!ID.test(key)) reader.problems.expected(inner.at('key'), 'a name of letters, digits, - and _', key);
  return key;
}

/** What to say of a type that is not there: the type that was meant, by its last part, or that it is one of Kestra's own. */
export function meant(written: string, entries: readonly TypeEntry[]): string {
  const byName = new Map(entries.map(({ type }) => [nameOf(type), type]));
  const hint = byName.get(nearest(nameOf(written), byName.keys()) ?? '');
  if (hint) return ` (did you mean ${hint}?)`;
  return KESTRAS_OWN.test(written) ? ', which is not supported yet' : '';
}

const KESTRAS_OWN = /^io\.kestra\.(?:plugin\.)?core\./;

const nameOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** `a.b[0]` as a path. */
function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? name! : Number(index),
  );
}
