/** A log line as REST shows it. */
import type { LogLine } from '../../../lib/model/log-line.ts';
import type { LineBody } from '../../api/bodies.ts';
import { iso } from './time.ts';

export const lineBody = ({
  id,
  namespace,
  flowId,
  executionId,
  taskId,
  taskRunId,
  attempt,
  level,
  atMs,
  message,
}: LogLine): LineBody => ({
  id,
  namespace,
  flowId,
  executionId,
  ...(taskId === undefined ? {} : { taskId }),
  ...(taskRunId === undefined ? {} : { taskRunId }),
  ...(attempt === undefined ? {} : { attemptNumber: attempt - 1 }),
  timestamp: iso(atMs),
  level,
  message,
});
