/** What is thrown becomes an answer: a Fault by its table, in both of Kestra's error dialects and ours; anything else is a bug. */
import { FAULTS, Fault, isFault } from '../../lib/errors.ts';
import type { Problem } from '../../lib/model/problem.ts';
import type { RefusalBody } from '../api/bodies.ts';

export const RETRY_AFTER_S = 1;

export function refusalOf(error: unknown): {
  readonly status: number;
  readonly body: RefusalBody;
  readonly isBug: boolean;
} {
  const fault = isFault(error) ? error : undefined;
  const detail = fault ? detailOf(fault) : 'a bug in the server; its log says more';
  const code = fault?.code ?? 'server.bug';
  const problems = fault?.problems ?? [];
  const status = fault?.status ?? 500;
  const message = problems.length > 0 ? problems.map(kestraText).join('\n') : detail;
  return {
    status,
    isBug: fault === undefined,
    body: {
      message,
      code,
      detail,
      problems,
      status,
      title: fault ? FAULTS[fault.code].text : 'Internal Server Error',
      _embedded: {
        errors: problems.length > 0 ? problems.map((problem) => ({ message: kestraText(problem) })) : [{ message }],
      },
    },
  };
}

/** What a driver or the file system said holds sockets and paths of this machine: that is for the log. */
const detailOf = (fault: Fault): string =>
  FAULTS[fault.code].fault === 'system' && fault.cause !== undefined ? 'the log of the server says more' : fault.detail;

/** Kestra's words where its clients look for them, with ours beside. */
function kestraText({ kestra, path, message, line }: Problem): string {
  const place = [path, line === undefined ? '' : `line ${line}`].filter(Boolean).join(', ');
  return `${place ? `${place}: ` : ''}${kestra ? `${kestra} (${message})` : message}`;
}

/** In one line, each with its path. */
export const listOf = (problems: readonly Problem[]): string =>
  problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');

export const invalidFlow = (problems: readonly Problem[]): Fault => {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return new Fault('flow.invalid', listOf(errors), { problems: errors });
};
