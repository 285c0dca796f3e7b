/**
 * Operating errors, from one table: code, HTTP status, whose fault, whether asking again helps, text. Everything else that
 * is thrown is a bug. Messages read *expected …, got …* and name the place. docs/errors.md lists them; a test holds it.
 */
import type { Problem } from './model/problem.ts';

interface Row {
  readonly status: number;
  /** `user`: what was asked is wrong. `system`: what we rest on is. */
  readonly fault: 'user' | 'system';
  readonly retry: boolean;
  readonly text: string;
}

export const FAULTS = {
  'bus.unavailable': { status: 503, fault: 'system', retry: true, text: 'Redis cannot be reached' },
  'bus.unsuitable': { status: 500, fault: 'system', retry: false, text: 'Redis is not set up as Windhover needs it' },
  'bus.messageLate': { status: 409, fault: 'system', retry: true, text: 'a message was older than five minutes' },
  'bus.messageTooLarge': { status: 413, fault: 'user', retry: false, text: 'a message was larger than 256 KB' },
  'bus.full': { status: 429, fault: 'system', retry: true, text: 'too much is waiting' },
  'repository.unavailable': { status: 503, fault: 'system', retry: true, text: 'the repository cannot be reached' },
  'repository.newer': {
    status: 500,
    fault: 'user',
    retry: false,
    text: 'the repository was written by a newer Windhover',
  },
  'storage.unavailable': { status: 503, fault: 'system', retry: true, text: 'the internal storage cannot be reached' },
  'storage.unknown': { status: 404, fault: 'user', retry: false, text: 'no such file' },
  'storage.refused': { status: 422, fault: 'user', retry: false, text: 'the storage does not take this path' },
  'server.unavailable': { status: 503, fault: 'system', retry: true, text: 'the server cannot be reached' },
  'config.invalid': { status: 500, fault: 'user', retry: false, text: 'the configuration is wrong' },
  'data.locked': { status: 500, fault: 'user', retry: false, text: 'the data folder is in use' },
  'data.newer': { status: 500, fault: 'user', retry: false, text: 'the data folder was written by a newer Windhover' },
  'encryption.key': { status: 500, fault: 'user', retry: false, text: 'the encryption key is not the right one' },
  'encryption.unreadable': { status: 500, fault: 'system', retry: false, text: 'a secret cannot be decrypted' },
  'port.taken': { status: 500, fault: 'user', retry: false, text: 'the port is taken' },
  'plugin.invalid': { status: 500, fault: 'user', retry: false, text: 'the plugin cannot be loaded' },
  'flow.invalid': { status: 422, fault: 'user', retry: false, text: 'the flow is not valid' },
  'flow.unknown': { status: 404, fault: 'user', retry: false, text: 'no such flow' },
  'flow.exists': { status: 422, fault: 'user', retry: false, text: 'the flow exists' },
  'flow.disabled': { status: 409, fault: 'user', retry: false, text: 'the flow is disabled' },
  'input.invalid': { status: 422, fault: 'user', retry: false, text: 'the inputs are not valid' },
  'label.invalid': { status: 422, fault: 'user', retry: false, text: 'the labels are not valid' },
  'execution.unknown': { status: 404, fault: 'user', retry: false, text: 'no such execution' },
  'execution.ended': { status: 409, fault: 'user', retry: false, text: 'the execution has ended' },
  'execution.notPaused': { status: 409, fault: 'user', retry: false, text: 'the execution is not paused' },
  'execution.notRunning': { status: 422, fault: 'user', retry: false, text: 'the execution is not running' },
  'execution.running': { status: 409, fault: 'user', retry: false, text: 'the execution has not ended' },
  'execution.refused': { status: 422, fault: 'user', retry: false, text: 'this cannot be done to the execution' },
  'letter.unknown': { status: 404, fault: 'user', retry: false, text: 'no such dead letter' },
  'letter.refused': { status: 422, fault: 'user', retry: false, text: 'the dead letter cannot be sent again' },
  'expression.invalid': { status: 422, fault: 'user', retry: false, text: 'the expression cannot be evaluated' },
  'request.invalid': { status: 400, fault: 'user', retry: false, text: 'the request cannot be understood' },
  'request.parameter': { status: 422, fault: 'user', retry: false, text: 'a parameter of the address is wrong' },
  'request.range': { status: 416, fault: 'user', retry: false, text: 'the file does not have these bytes' },
  'request.tooLarge': { status: 413, fault: 'user', retry: false, text: 'the request is too large' },
  'request.unknown': { status: 404, fault: 'user', retry: false, text: 'there is nothing at this address' },
  'request.method': { status: 405, fault: 'user', retry: false, text: 'this address does not answer that method' },
  'auth.required': { status: 401, fault: 'user', retry: false, text: 'sign in first' },
  'auth.refused': { status: 403, fault: 'user', retry: false, text: 'not allowed' },
  'auth.tooMany': { status: 429, fault: 'user', retry: true, text: 'too many failed sign-ins' },
  'token.unknown': { status: 404, fault: 'user', retry: false, text: 'no such token' },
  'user.unknown': { status: 404, fault: 'user', retry: false, text: 'no such user' },
  'user.exists': { status: 422, fault: 'user', retry: false, text: 'the user exists' },
} as const satisfies Readonly<Record<string, Row>>;

export type FaultCode = keyof typeof FAULTS;

export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: string;
  readonly problems: readonly Problem[];

  /** `detail` says what was expected and got, and where. */
  constructor(
    code: FaultCode,
    detail: string,
    options: { readonly cause?: unknown; readonly problems?: readonly Problem[] } = {},
  ) {
    super(`${FAULTS[code].text}: ${detail}`, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.detail = detail;
    this.problems = options.problems ?? [];
  }

  get status(): number {
    return FAULTS[this.code].status;
  }

  get retry(): boolean {
    return FAULTS[this.code].retry;
  }
}

export const isFault = (error: unknown, code?: FaultCode): error is Fault =>
  error instanceof Fault && (code === undefined || error.code === code);

/** One line of whatever was thrown. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
