/** The server's own log: pino, JSON lines on stderr, or one readable line where a person looks. Not the logs of tasks. */
import { pino } from 'pino';

export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Log;
}

/** `level` is pino's; `pretty` writes `12:00:01 WARN executor: text {…}`. */
export function openLog(name: string, options: { readonly level: string; readonly pretty: boolean }): Log {
  const settings = { name, level: options.level, base: undefined };
  if (!options.pretty) return pino({ ...settings, base: { name } }, pino.destination({ dest: 2, sync: true }));
  return pino(settings, { write: (line: string) => void process.stderr.write(readable(name, line)) });
}

const WORDS: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

function readable(name: string, line: string): string {
  const { level, time, msg, err, name: _, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const at = new Date(Number(time)).toISOString().slice(11, 19);
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  const stack = err && typeof err === 'object' && 'stack' in err ? `\n${String(err.stack)}` : '';
  return `${at} ${WORDS[Number(level)] ?? level} ${name}: ${msg}${rest}${stack}\n`;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog };
