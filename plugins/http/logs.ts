/** Headers as lines of the log, without what opens doors. */
import type { TaskContext } from '@windhover/sdk';
import type { Options } from './options.ts';

const SECRET = /authorization|cookie|token|secret|password|api-?key/i;

export function logHeaders(
  { log }: TaskContext,
  { logs, logLevel }: Options,
  which: 'REQUEST_HEADERS' | 'RESPONSE_HEADERS',
  headers: Readonly<Record<string, string | readonly string[]>>,
): void {
  const older = which === 'RESPONSE_HEADERS' ? ['INFO', 'DEBUG', 'TRACE', 'ALL'] : ['DEBUG', 'TRACE', 'ALL'];
  if (!logs.includes(which) && !older.includes(logLevel ?? '')) return;
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${SECRET.test(name) ? '…' : value}`),
  );
  log.info(`${which === 'REQUEST_HEADERS' ? 'request' : 'response'} headers:\n${lines.join('\n')}`);
}
