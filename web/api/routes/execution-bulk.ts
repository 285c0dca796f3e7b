/** The contract: the same for many executions, by their ids or all that a search finds; for all of them or for none. */
import type { Scope } from '../../../lib/model/scope.ts';
import { Bulk, Refusal } from '../bodies.ts';
import { ENDED, FAILED, PAUSED, RUNNING } from '../examples.ts';
import type { Query, Routes } from '../route.ts';
import { anything, flag, list, open, shape, text } from '../schema.ts';
import { EXECUTION_FILTERS, Ids, json, jsonBody } from '../terms.ts';

const NONE_YET = { 'filters[flowId][EQUALS]': 'hello', 'filters[state][EQUALS]': 'CANCELLED' };

interface Told {
  readonly access: Scope;
  readonly summary: string;
  readonly query?: Query;
  /** On which execution it is shown. */
  readonly on?: string;
  readonly asked?: Readonly<Record<string, string>>;
}

const byIds = ({ access, summary, query = {}, on = ENDED, asked = {} }: Told) =>
  ({
    access,
    summary: `${summary}, by their ids`,
    query,
    body: jsonBody(Ids),
    answer: json(Bulk),
    example: { query: asked, body: [on] },
  }) as const;
const byQuery = ({ access, summary, query = {}, asked = {} }: Told) =>
  ({
    access,
    summary: `${summary} that a search finds`,
    query: { ...EXECUTION_FILTERS, ...query },
    body: jsonBody(open({ filters: list(anything).optional() })),
    answer: json(Bulk),
    example: { query: { ...NONE_YET, ...asked } },
  }) as const;

const KILL: Told = { access: 'run', summary: 'Kill executions', on: RUNNING };
const DELETE: Told = { access: 'edit', summary: 'Delete executions', query: { includeNonTerminated: flag } };
const PAUSE: Told = { access: 'run', summary: 'Pause executions', on: RUNNING };
const RESUME: Told = { access: 'run', summary: 'Resume executions', on: PAUSED };
const RESTART: Told = { access: 'run', summary: 'Restart executions', on: FAILED };
const REPLAY: Told = { access: 'run', summary: 'Replay executions', query: { latestRevision: flag } };
const STATUS: Told = {
  access: 'run',
  summary: 'Give another state to executions',
  query: { newStatus: text },
  asked: { newStatus: 'FAILED' },
};
const FORCE: Told = { access: 'run', summary: 'Begin what waits of executions', on: RUNNING };
const UNQUEUE: Told = { access: 'run', summary: 'Begin queued executions (nothing is queued yet)', on: RUNNING };
const LABELS: Told = { access: 'run', summary: 'Give other labels to executions' };

export const EXECUTION_BULK_ROUTES = {
  killByIds: { method: 'DELETE', path: '/executions/kill/by-ids', ...byIds(KILL) },
  killByQuery: { method: 'DELETE', path: '/executions/kill/by-query', ...byQuery(KILL) },
  deleteByIds: { method: 'DELETE', path: '/executions/by-ids', ...byIds(DELETE) },
  deleteByQuery: { method: 'DELETE', path: '/executions/by-query', ...byQuery(DELETE) },
  pauseByIds: { method: 'POST', path: '/executions/pause/by-ids', formless: true, ...byIds(PAUSE) },
  pauseByQuery: { method: 'POST', path: '/executions/pause/by-query', formless: true, ...byQuery(PAUSE) },
  resumeByIds: { method: 'POST', path: '/executions/resume/by-ids', formless: true, ...byIds(RESUME) },
  resumeByQuery: { method: 'POST', path: '/executions/resume/by-query', formless: true, ...byQuery(RESUME) },
  restartByIds: { method: 'POST', path: '/executions/restart/by-ids', formless: true, ...byIds(RESTART) },
  restartByQuery: { method: 'POST', path: '/executions/restart/by-query', formless: true, ...byQuery(RESTART) },
  replayByIds: { method: 'POST', path: '/executions/replay/by-ids', formless: true, ...byIds(REPLAY) },
  replayByQuery: { method: 'POST', path: '/executions/replay/by-query', formless: true, ...byQuery(REPLAY) },
  changeStatusByIds: { method: 'POST', path: '/executions/change-status/by-ids', formless: true, ...byIds(STATUS) },
  changeStatusByQuery: {
    method: 'POST',
    path: '/executions/change-status/by-query',
    formless: true,
    ...byQuery(STATUS),
  },
  labelsByIds: {
    method: 'POST',
    path: '/executions/labels/by-ids',
    formless: true,
    ...byIds(LABELS),
    body: jsonBody(shape({ executionsId: Ids, executionLabels: anything })),
    example: { body: { executionsId: [ENDED], executionLabels: [{ key: 'team', value: 'finance' }] } },
  },
  labelsByQuery: {
    method: 'POST',
    path: '/executions/labels/by-query',
    formless: true,
    ...byQuery(LABELS),
    body: jsonBody(anything.describe('A list of { key, value }, or a map')),
    example: { query: NONE_YET, body: [{ key: 'team', value: 'finance' }] },
  },
  forceRunByIds: { method: 'POST', path: '/executions/force-run/by-ids', formless: true, ...byIds(FORCE) },
  forceRunByQuery: { method: 'POST', path: '/executions/force-run/by-query', formless: true, ...byQuery(FORCE) },
  unqueueByIds: {
    method: 'POST',
    path: '/executions/unqueue/by-ids',
    formless: true,
    ...byIds(UNQUEUE),
    answer: json(Refusal, 400),
  },
  unqueueByQuery: { method: 'POST', path: '/executions/unqueue/by-query', formless: true, ...byQuery(UNQUEUE) },
} as const satisfies Routes;
