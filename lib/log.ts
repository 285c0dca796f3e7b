/** The server's own log: pino, JSON lines on stderr, or one readable line where a person looks. Not the logs of tasks. */
import { pino } from 'pino';
import type { Config } from './config.ts';

export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Log;
}

/** Readable where a person looks, or where the configuration says so: `12:00:01 WARN executor: text name=value`. */
export function openLog(name: string, { logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>): Log {
  const settings = { level: logLevel, base: { name } };
  if ((logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'json')
    return pino(settings, pino.destination({ dest: 2, sync: true }));
  return pino(settings, { write: (line: string) => void process.stderr.write(`${lineOf(JSON.parse(line))}\n`) });
}

export interface LogEntry {
  readonly level: number;
  readonly time: number;
  readonly name: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

const WORDS: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

function lineOf(entry: LogEntry): string {
  const { server, ...rest } = entry;
  return `${timeOf(entry)} ${wordOf(entry)} ${server ?? entry.name}: ${textOfEntry(rest)}`;
}

export const timeOf = ({ time }: Pick<LogEntry, 'time'>): string => new Date(time).toISOString().slice(11, 19);
export const wordOf = ({ level }: Pick<LogEntry, 'level'>): string => WORDS[level] ?? String(level);

/** What was said, its fields as `name=value`, and the stack of an error below. */
export function textOfEntry({ level: _, time: __, name: ___, msg, err, ...fields }: Omit<LogEntry, 'server'>): string {
  const said = [msg, ...Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`)].join(' ');
  return err && typeof err === 'object' && 'stack' in err ? `${said}\n${String(err.stack)}` : said;
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[\s"]/.test(text) && typeof value === 'string' ? JSON.stringify(value) : text;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog };
