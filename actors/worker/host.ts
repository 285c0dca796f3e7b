/** What runs jobs: a thread, or a process for one job alone. */
import type { AbortCause, AnswerMessage, FromRunner } from './channel.ts';
import type { Job } from './job.ts';

export interface Host {
  /** It takes work: its plugins are loaded. */
  readonly ready: boolean;
  send(jobs: readonly Job[]): void;
  abort(job: Job, cause: AbortCause): void;
  answer(answer: AnswerMessage): void;
  /** Whether the job's own code runs now. */
  runs(job: Job): boolean;
  /** Ends it, whatever runs. `gone` is called as for every end. */
  end(): Promise<void>;
}

export interface HostEvents {
  said(message: Exclude<FromRunner, { kind: 'ready' }>): void;
  /** Calls back as soon as there is room for more lines. */
  room(then: () => void): void;
  /** It takes no more. `running` is the serial of the item that ran, 0 for none. */
  gone(running: number, why: string): void;
}
