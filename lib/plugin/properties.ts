/** Rendered properties as a task's schema wants them: on the path of every task run, so compiled at a task's first. */
import type { z } from 'zod';
import { type AnyTask, TaskError } from '../../plugins/sdk/index.ts';
import { coerceOf, problemsOfIssue } from './schema.ts';

const ISSUES_MAX = 5;

/** Throws a TaskError that names each path, what was expected and what was got. */
export function parseProperties(task: AnyTask, rendered: Readonly<Record<string, unknown>>): unknown {
  const coerced = coerceOf(task)(rendered);
  const parsed = (task.properties as z.ZodType).safeParse(coerced);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, ISSUES_MAX).flatMap((issue) => problemsOfIssue(task, issue, coerced));
  throw new TaskError(problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '));
}
