/** The server's own log: pino, JSON lines on stderr, or one readable line where a person looks. Not the logs of tasks. */
import { pino } from 'pino';
import type { Config } from './config.ts';

/** Every field that a line may have: one name for one thing, whoever speaks, so that one search finds all that is said of it. */
export interface Fields {
  // What it is about, by ids. A task is named by `namespace`, `flow`, `execution`, `taskRun`, `attempt` (from 1).
  readonly namespace?: string;
  readonly flow?: string;
  readonly trigger?: string;
  readonly execution?: string;
  readonly taskRun?: string;
  readonly attempt?: number;
  readonly delivery?: string;
  readonly partition?: string;
  /** Of a message. */
  readonly kind?: string;
  /** Of a mailbox. */
  readonly entry?: string;
  readonly letter?: string;
  readonly parcel?: string;
  readonly plugin?: string;

  // What is wrong: as a text, or with its stack where it is a bug.
  readonly reason?: string;
  readonly err?: unknown;

  // Who speaks, and with whom.
  readonly server?: string;
  readonly service?: string;
  readonly group?: string;
  readonly pid?: number;
  readonly code?: number;
  readonly node?: string;
  readonly redis?: string;
  readonly sentinel?: string;
  readonly master?: string;
  readonly socket?: string;
  readonly file?: string;
  readonly health?: string;
  readonly web?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  /** What a commit was answered. */
  readonly answer?: string;
  /** Printed by foreign code. */
  readonly output?: string;
  readonly names?: readonly string[];

  // How many, how long.
  readonly waiting?: number;
  readonly deleted?: number;
  readonly count?: number;
  readonly items?: number;
  readonly jobs?: number;
  readonly answers?: number;
  readonly lines?: number;
  readonly spans?: number;
  readonly taken?: number;
  readonly released?: number;
  readonly owned?: number;
  readonly waitMs?: number;
}

/** Of a flow's or a trigger's key: `tenant/namespace/flow`, `tenant/namespace/flow/trigger`. */
export function aboutFlow(key: string): Fields {
  const [, namespace = '', flow = '', trigger] = key.split('/');
  return { namespace, flow, ...(trigger === undefined ? {} : { trigger }) };
}

export interface Log {
  debug(fields: Fields, text: string): void;
  info(fields: Fields, text: string): void;
  warn(fields: Fields, text: string): void;
  error(fields: Fields, text: string): void;
  child(fields: Fields): Log;
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
