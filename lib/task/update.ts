/** What a run asks to be changed in its execution: several requests become one, small and of the shape that the engine applies. */
import { type ExecutionUpdate, TaskError } from '../../plugins/sdk/index.ts';
import { systemLabelText } from '../flow/labels.ts';
import { plainData } from './outputs.ts';

export const UPDATE_BYTES_MAX = 32 * 1024;
const EXITS: ReadonlySet<string> = new Set(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED']);

/** Throws a TaskError. */
export function withUpdate(before: ExecutionUpdate | undefined, change: ExecutionUpdate): ExecutionUpdate {
  for (const [key, value] of Object.entries(change.labels ?? {})) checkLabel(key, value);
  if (change.exit !== undefined && !EXITS.has(change.exit))
    throw new TaskError(`exit: expected one of ${[...EXITS].join(', ')}, got ${JSON.stringify(change.exit)}`);
  if (!before) return change;
  const { labels, variables, unset } = before;
  return {
    ...before,
    ...change,
    ...(labels || change.labels ? { labels: { ...labels, ...change.labels } } : {}),
    ...(variables || change.variables ? { variables: { ...variables, ...change.variables } } : {}),
    ...(unset || change.unset ? { unset: [...(unset ?? []), ...(change.unset ?? [])] } : {}),
  };
}

function checkLabel(key: string, value: unknown): void {
  if (key === '' || typeof value !== 'string')
    throw new TaskError(`labels: expected a key and a text, got ${JSON.stringify(key)} with a ${typeof value}`);
  if (systemLabelText(key, value)) throw new TaskError(`labels: expected keys without system., got ${key}`);
}

/** As plain data. Throws a TaskError when it is too large. */
export const plainUpdate = (update: ExecutionUpdate): { readonly update: ExecutionUpdate; readonly bytes: number } => {
  const { data, bytes } = plainData(update, 'an update of the execution', UPDATE_BYTES_MAX);
  return { update: data as ExecutionUpdate, bytes };
};
