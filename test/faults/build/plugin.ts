/**
 * The task of the workload: it has an effect (a line in the ledger, which the system never reads), works for a while, and fails
 * or kills its process where the flow wants it to.
 */
import { appendFileSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import { definePlugin, defineTask, TaskError } from '../../../plugins/sdk/index.ts';
import { writeBite } from './failpoints.ts';
import type { Bite, Failpoint } from './sites.ts';

export interface Effect {
  /** `cut`: told to end. */
  readonly what: 'begin' | 'end' | 'fail' | 'cut';
  readonly execution: string;
  readonly flow: string;
  readonly task: string;
  readonly taskRun: string;
  readonly attempt: number;
  readonly value?: string;
  /** Of this run of user code alone: a successful one gives it as its output. */
  readonly nonce: string;
  readonly pid: number;
  /** The worker, where it runs in a process of its own. */
  readonly parent: number;
  readonly atMs: number;
}

/** Files that the harness puts beside the ledger: who takes one away bites. */
export const AIMED: Readonly<Record<string, Failpoint['act']>> = { 'effect.kill': 'kill', 'effect.stop': 'stop' };
export const AIMED_STOP_MS = 10_000;

let runs = 0;

const workOf = (type: string, title: string) =>
  defineTask({
    type,
    title,
    properties: z.strictObject({
      ledger: z.string(),
      ms: z.coerce.number().default(0),
      /** Attempts up to this one fail. */
      fails: z.coerce.number().default(0),
      /** Kills the process that it runs in. */
      deadly: z.coerce.boolean().default(false),
    }),
    outputs: z.object({ nonce: z.string() }),
    run: async ({ execution, taskRun, signal, log }, { ledger, ms, fails, deadly }) => {
      const nonce = `${process.pid}.${threadId}.${++runs}`;
      const write = (what: Effect['what']) => {
        const effect: Effect = {
          what,
          execution: execution.id,
          flow: execution.flowId,
          task: taskRun.taskId,
          taskRun: taskRun.id,
          attempt: taskRun.attempt,
          value: taskRun.value,
          nonce,
          pid: process.pid,
          parent: process.ppid,
          atMs: Date.now(),
        };
        // O_APPEND: lines of several processes do not overwrite each other.
        appendFileSync(ledger, `${JSON.stringify(effect)}\n`);
      };
      write('begin');
      log.info(`${taskRun.taskId} ${taskRun.attempt}`);
      if (deadly) bite(dirname(ledger), 'kill');
      aimed(dirname(ledger));
      await sleep(ms, undefined, { signal }).catch((error: unknown) => {
        write('cut');
        throw error;
      });
      write(taskRun.attempt <= fails ? 'fail' : 'end');
      if (taskRun.attempt <= fails) throw new TaskError('it fails as planned');
      return { nonce };
    },
  });

function aimed(folder: string): void {
  for (const [file, act] of Object.entries(AIMED)) {
    try {
      unlinkSync(join(folder, file));
    } catch {
      continue; // Nothing is armed, or somebody else was first.
    }
    bite(folder, act);
  }
}

function bite(folder: string, act: Bite['act']): void {
  const ms = act === 'stop' ? AIMED_STOP_MS : undefined;
  writeBite(join(folder, 'bites.jsonl'), { site: 'effect.after', act, ms, pid: process.pid, atMs: Date.now() });
  process.kill(process.pid, act === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}

const tasks = [
  workOf('faults.Work', 'Has an effect, and works for a while'),
  workOf(
    'faults.Brief',
    'The same; the workload has only short ones of it, so that workers go on with them by themselves',
  ),
];

export default definePlugin({ name: 'faults', version: '1.0.0', title: 'For tests under faults', tasks });
