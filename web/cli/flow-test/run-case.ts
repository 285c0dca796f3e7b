/** One test: the flow is rehearsed with its fixtures, in virtual time, and judged. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf } from '../../../lib/errors.ts';
import { contextOf } from '../../../lib/execution/context.ts';
import type { Run } from '../../../lib/execution/run.ts';
import { renderAll } from '../../../lib/expression/render.ts';
import { type Flow, TENANT } from '../../../lib/model/flow.ts';
import { derivedId } from '../../../lib/model/ids.ts';
import { kinOf } from '../../../lib/model/kin.ts';
import { stateOf } from '../../../lib/model/state.ts';
import type { PluginSet } from '../../../lib/plugin/load.ts';
import { Rehearsal } from '../../../lib/rehearsal/rehearsal.ts';
import { openLocalStorage } from '../../../lib/storage/local.ts';
import { executionPrefix, type Storage } from '../../../lib/storage/storage.ts';
import { answererOf } from '../../../lib/task/answer/answerer.ts';
import { failuresOf } from './judge.ts';
import type { CaseResult } from './junit.ts';
import type { Case, Fixtures } from './suite.ts';
import { outcomeIn } from './tasks.ts';

export interface Stage {
  readonly plugins: PluginSet;
  /** The flow under test first. */
  readonly flows: readonly Flow[];
  /** By the hashes of flows. */
  readonly sources: ReadonlyMap<string, string>;
}

const GOOD: readonly string[] = ['SUCCESS', 'WARNING'];

export async function runCase(stage: Stage, test: Case): Promise<CaseResult> {
  if (test.disabled) return { id: test.id, ms: 0, skipped: true, failures: [], lines: [] };
  const beganMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'windhover-test-'));
  for (const name of ['home', 'tmp', 'storage']) mkdirSync(join(folder, name));
  const lines: string[] = [];
  let failures: readonly string[];
  try {
    failures = await rehearse(stage, test, { folder, lines });
  } catch (error) {
    failures = [textOf(error)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { id: test.id, ms: performance.now() - beganMs, skipped: false, failures, lines };
}

async function rehearse(
  { plugins, flows, sources }: Stage,
  test: Case,
  { folder, lines }: { readonly folder: string; readonly lines: string[] },
): Promise<readonly string[]> {
  const { fixtures } = test;
  const storage = openLocalStorage({ folder: join(folder, 'storage') });
  const id = derivedId('test', test.id);
  const files = await stored(storage, executionPrefix(flows[0]!, id), fixtures.files);
  const withFiles = <T>(value: T): T => renderAll(value, { files }) as T;
  const say = (level: string, taskId: string, message: string): void =>
    void lines.push(`${level.padEnd(5)} ${taskId}  ${message}`);
  const rehearsal: Rehearsal = new Rehearsal({
    beginMs: Date.parse(fixtures.now),
    outcome: outcomeIn({
      plugins,
      sources,
      fixtures: withFiles(fixtures.tasks),
      storage,
      folder,
      say,
      now: () => rehearsal.nowMs,
    }),
    answer: (question, run) => {
      const kin = () => (run ? kinOf(run.start) : []);
      const answerer = answererOf({ tenant: TENANT, kin, storage, http: () => ({ send: noNetwork }) });
      return question.kind === 'now'
        ? { value: rehearsal.nowMs }
        : (answerer.atOnce(question) ?? answerer.later(question));
    },
  });
  for (const flow of flows) rehearsal.add(flow);
  const { labels, trigger } = fixtures;
  const begun = rehearsal.begin({ id, inputs: withFiles(fixtures.inputs), labels, ...(trigger ? { trigger } : {}) });
  if (typeof begun !== 'string') return begun.map(({ path, message }) => `${path}: ${message}`);
  await rehearsal.playOut();
  for (const { level, message } of rehearsal.lines) say(level, '', message);
  return judged(test, rehearsal.run(id), flows[0]!);
}

const noNetwork = () => Promise.reject(new Error('expected an answer without the network: a test reaches none'));

async function stored(storage: Storage, prefix: string, files: Fixtures['files']): Promise<Record<string, string>> {
  const uris: Record<string, string> = {};
  for (const [name, content] of Object.entries(files)) {
    uris[name] = `${prefix}inputs/${name}`;
    await storage.put(TENANT, uris[name], Buffer.from(content));
  }
  return uris;
}

function judged(test: Case, run: Run, flow: Flow): readonly string[] {
  const state = stateOf(run.head.history);
  const taskRuns = [...run.taskRuns.values()].sort((a, b) => a.index - b.index);
  const isAsExpected = test.state === undefined ? GOOD.includes(state) : state === test.state;
  const why = run.head.reason === undefined ? '' : ` (${run.head.reason})`;
  const failures = isAsExpected ? [] : [`expected the execution to end ${test.state ?? 'SUCCESS'}, got ${state}${why}`];
  for (const [taskId, expected] of Object.entries(test.tasks)) {
    const last = taskRuns.findLast((each) => each.taskId === taskId);
    const got = last ? stateOf(last.history) : 'none';
    if (got !== expected) failures.push(`expected the task ${taskId} to be ${expected}, got ${got}`);
  }
  const { start, head } = run;
  const seen = contextOf({ start, head, flow, taskRuns, taskRun: (id) => run.taskRuns.get(id) });
  for (const assertion of test.assertions) {
    try {
      failures.push(...failuresOf(assertion, renderAll(assertion.value, seen)));
    } catch (error) {
      failures.push(`${String(assertion.value)}: ${textOf(error)}`);
    }
  }
  return failures;
}
