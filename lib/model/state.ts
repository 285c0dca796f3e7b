/**
 * The states of executions, task runs and attempts, with the transitions that are legal. Kestra's names.
 * Times are milliseconds since 1970 everywhere inside; REST writes them as ISO-8601.
 */
export type State =
  | 'CREATED'
  | 'QUEUED'
  | 'SUBMITTED'
  | 'RUNNING'
  | 'PAUSED'
  | 'RESTARTED'
  | 'RETRYING'
  | 'KILLING'
  | 'RESUBMITTED'
  | 'SUCCESS'
  | 'WARNING'
  | 'FAILED'
  | 'KILLED'
  | 'CANCELLED'
  | 'RETRIED'
  | 'SKIPPED';

/** One entry of a history: the state, and since when, in milliseconds since 1970. */
export type Since = readonly [state: State, atMs: number];
/** Oldest first, never empty; the last entry is the present state. */
export type History = readonly Since[];

const ENDS: ReadonlySet<State> = new Set(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED']);

export const stateOf = (history: History): State => history[history.length - 1]![0];
export const sinceOf = (history: History): number => history[history.length - 1]![1];
export const isEnded = (state: State): boolean => ENDS.has(state);
/** The history with one more state; times never go back, whatever the clocks said. */
export const entering = (history: History, state: State, atMs: number): History => [
  ...history,
  [state, Math.max(atMs, sinceOf(history))],
];

const ACTIVE: readonly State[] = [
  'SUCCESS',
  'WARNING',
  'FAILED',
  'KILLED',
  'KILLING',
  'CANCELLED',
  'RETRIED',
  'RETRYING',
];

/** From each state of an execution or a task run, those that may follow. An ended one is left by restart alone. */
export const NEXT_STATES: Readonly<Record<State, readonly State[]>> = {
  CREATED: ['QUEUED', 'SUBMITTED', 'RUNNING', 'PAUSED', 'SKIPPED', ...ACTIVE],
  QUEUED: ['RUNNING', 'CANCELLED', 'KILLED', 'KILLING', 'FAILED'],
  SUBMITTED: ['RUNNING', 'RESUBMITTED', ...ACTIVE],
  // Lost again before anybody was told that it had been claimed.
  RESUBMITTED: ['SUBMITTED', 'RUNNING', 'RESUBMITTED', ...ACTIVE],
  RUNNING: ['PAUSED', 'RESUBMITTED', 'SKIPPED', ...ACTIVE],
  PAUSED: ['RUNNING', 'RESTARTED', ...ACTIVE],
  RESTARTED: ['SUBMITTED', 'RUNNING', 'SKIPPED', ...ACTIVE],
  RETRYING: [
    'CREATED',
    'SUBMITTED',
    'RUNNING',
    'PAUSED',
    'RETRIED',
    'FAILED',
    'KILLED',
    'KILLING',
    'WARNING',
    'CANCELLED',
  ],
  KILLING: ['KILLED', 'SUCCESS', 'WARNING', 'FAILED', 'CANCELLED'],
  SUCCESS: ['RESTARTED'],
  WARNING: ['RESTARTED'],
  FAILED: ['RESTARTED', 'RETRYING', 'WARNING', 'RETRIED'],
  KILLED: ['RESTARTED'],
  CANCELLED: ['RESTARTED'],
  RETRIED: ['RESTARTED'],
  SKIPPED: ['RESTARTED'],
};
