/** What a run of a task is given: the task, the place where it stands, what its expressions see; and what all runs of a thread share. */
import type { AnyTask, Server } from '../../plugins/sdk/index.ts';
import type { Answer, Question } from '../expression/world.ts';
import type { Envelope } from '../model/envelope.ts';
import type { ExecutionPlace } from '../model/execution.ts';
import type { Task } from '../model/flow.ts';
import type { Mask } from '../secret/mask.ts';
import type { Storage } from '../storage/storage.ts';
import type { Reachable } from './http/resolve.ts';
import type { LineSink, MetricSink } from './outcome.ts';
import type { AttemptPlace } from './task-files.ts';

export type Roots = Readonly<Record<string, unknown>>;

/** A task and what runs it. */
export interface Runnable {
  readonly task: Task;
  readonly definition: AnyTask;
  /** Present for what comes with the server. */
  readonly server?: Server;
}

/** One run: what to do, and where it stands. */
export interface RunGiven extends Runnable {
  readonly place: AttemptPlace;
  readonly flowRevision: number;
  readonly value?: string;
  /** What its expressions can reach; built when the first of them is rendered. */
  readonly roots: () => Roots;
  /** The same with the secrets of its execution as they are at rest; undefined where it has none. */
  readonly shown?: () => Roots | undefined;
  /** Whose files its expressions may read, see lib/model/kin.ts. */
  readonly kin?: () => readonly ExecutionPlace[];
  /** Encrypts an output. Throws a TaskError where there is no key. */
  readonly seal?: (text: string) => Envelope;
  /** The last error lines of its execution. */
  readonly errorLogs?: () => Promise<unknown>;
  /** Hides the secrets of its execution; undefined where it has none. */
  readonly mask?: () => Mask | undefined;
  readonly sink: LineSink;
  readonly metrics: MetricSink;
  /** Reads a task out of YAML. Throws a TaskError that says what is wrong with it. */
  readonly taskIn: (source: string) => Runnable;
}

/** The same for all runs of a thread. */
export interface Ground {
  readonly storage: Storage;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly http: Reachable;
  /** Of times in expressions that name no zone. */
  readonly timeZone?: string;
  /** Of expressions; this machine's if absent. */
  readonly now?: () => number;
  readonly jq?: (question: Question) => Answer;
  /** Nothing may be waited for here: who has to throws MustWait. */
  readonly atOnce?: true;
  /** The environment's secrets in clear, by their names in capitals. */
  readonly secret?: (key: string) => string | undefined;
}
