/**
 * What a script says to the engine on its standard output: a line `::{"outputs":{…},"metrics":[…],"logs":[…]}::`. Outputs of
 * several lines are put together, the later wins. Any other line is a line of the log.
 */
import { metricOf, type TaskContext, TaskError, type TaskLog } from '@windhover/sdk';

const SAYING = /^::(\{.*\})::$/;
/** All sayings of one run, in characters: outputs that a run may give are far smaller. */
const SAID_CHARS_MAX = 1024 * 1024;
const LOGS_MAX = 1_000;
const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', WARNING: 'warn', ERROR: 'error' } as const;

export interface Sayings {
  /** False: the line says nothing to the engine. */
  hear(line: string): boolean;
  readonly vars: Readonly<Record<string, unknown>>;
}

export function listen({ log, metric }: Pick<TaskContext, 'log' | 'metric'>): Sayings {
  let vars: Record<string, unknown> = {};
  let saidChars = 0;
  return {
    get vars() {
      return vars;
    },
    hear(line) {
      const text = SAYING.exec(line.trim())?.[1];
      if (text === undefined) return false;
      saidChars += text.length;
      if (saidChars > SAID_CHARS_MAX) {
        log.warn(`expected at most ${SAID_CHARS_MAX} characters of outputs, got more: a line was left out`);
        return true;
      }
      const said = parsed(text);
      if (!said) {
        log.warn(`Invalid outputs '${line.slice(0, 200)}': expected JSON between ::{ and }::`);
        return true;
      }
      if (isMap(said.outputs)) vars = { ...vars, ...said.outputs };
      for (const each of listOf(said.logs)) writeLog(log, each);
      for (const each of listOf(said.metrics)) keepMetric({ log, metric }, each);
      return true;
    },
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const said: unknown = JSON.parse(text);
    return isMap(said) ? said : undefined;
  } catch {
    // What it should have been is written to the task's log by the caller.
    return undefined;
  }
}

function writeLog(log: TaskLog, said: Readonly<Record<string, unknown>>): void {
  const level = String(said.level ?? 'INFO').toUpperCase();
  const write = log[Object.hasOwn(LEVELS, level) ? LEVELS[level as keyof typeof LEVELS] : 'info'];
  write.call(log, String(said.message ?? ''));
}

/** One that is none is told, and fails nothing: what the script does counts. */
function keepMetric(
  { log, metric }: Pick<TaskContext, 'log' | 'metric'>,
  said: Readonly<Record<string, unknown>>,
): void {
  try {
    metric(metricOf(said));
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    log.warn(error.message);
  }
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.slice(0, LOGS_MAX).filter(isMap) : [];

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
