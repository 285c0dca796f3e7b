/** The Schedule trigger: its entry in the catalogue, and its properties as the scheduler reads them. Pure. */
import type { PropertyProblem, TypeEntry } from '../model/catalogue.ts';
import type { Labels, Trigger } from '../model/flow.ts';
import { cronProblem, timezoneKnown } from './cron.ts';

export const SCHEDULE = 'io.kestra.plugin.core.trigger.Schedule';

export type Recovery = 'ALL' | 'LAST' | 'NONE';

export interface Schedule {
  readonly cron: string;
  /** Absent: the scheduler's own. */
  readonly timezone?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly labels: Labels;
  readonly recovery: Recovery;
}

const RECOVERIES: readonly string[] = ['ALL', 'LAST', 'NONE'];
const PROPERTIES = {
  cron: {
    type: 'string',
    description:
      'Five fields, six with seconds first where withSeconds is set, or @hourly, @daily, @weekly, @monthly, @yearly',
  },
  timezone: { type: 'string', description: 'Such as Europe/Paris; without it, that of the server' },
  withSeconds: { type: 'boolean', default: false, description: 'The cron expression begins with seconds' },
  inputs: { type: 'object', description: 'Inputs of the executions' },
  labels: { type: ['object', 'array'], description: 'Labels of the executions, beside those of the flow' },
  recoverMissedSchedules: {
    type: 'string',
    enum: RECOVERIES,
    default: 'ALL',
    description: 'Which of the ticks that nobody was there for start an execution',
  },
} as const;

type Given = Readonly<Record<string, unknown>>;

export const scheduleEntry: TypeEntry = {
  type: SCHEDULE,
  aliases: ['io.kestra.core.models.triggers.types.Schedule'],
  kind: 'trigger',
  title: 'Start a flow at times that a cron expression gives',
  lists: [],
  properties: Object.keys(PROPERTIES),
  schema: { type: 'object', properties: PROPERTIES, required: ['cron'] },
  check: (given) => [
    ...cronProblems(given),
    ...timezoneProblems(given.timezone),
    ...expecting(given, 'withSeconds', 'true or false', (value) => asBoolean(value) !== undefined),
    ...expecting(given, 'inputs', 'a map', isMap),
    ...expecting(given, 'labels', 'a map, or a list of key and value', (value) => labelsOf(value) !== undefined),
    ...expecting(given, 'recoverMissedSchedules', 'ALL, LAST or NONE', (value) => RECOVERIES.includes(String(value))),
  ],
};

/** Of a trigger whose properties have no problem. */
export function scheduleOf({ properties }: Pick<Trigger, 'properties'>): Schedule {
  const { cron, timezone, inputs, labels, recoverMissedSchedules } = properties;
  return {
    cron: String(cron),
    ...(absent(timezone) ? {} : { timezone: String(timezone) }),
    inputs: isMap(inputs) ? inputs : {},
    labels: labelsOf(labels ?? {}) ?? {},
    recovery: (recoverMissedSchedules as Recovery | undefined) ?? 'ALL',
  };
}

function cronProblems({ cron, withSeconds }: Given): readonly PropertyProblem[] {
  if (absent(cron))
    return [
      {
        severity: 'error',
        path: 'cron',
        message: 'expected a cron expression, got nothing',
        kestra: 'cron: must not be null',
      },
    ];
  const why = typeof cron === 'string' ? cronProblem(cron, asBoolean(withSeconds) ? 6 : 5) : 'expected a text';
  if (why === undefined) return [];
  const kestra = `invalid cron expression '${textOf(cron)}': ${why}`;
  return [
    {
      severity: 'error',
      path: 'cron',
      message: `expected a cron expression, got ${textOf(cron)}: ${why}`,
      expected: 'cron',
      got: textOf(cron),
      kestra,
    },
  ];
}

function timezoneProblems(timezone: unknown): readonly PropertyProblem[] {
  if (absent(timezone) || (typeof timezone === 'string' && timezoneKnown(timezone))) return [];
  const kestra = `timezone '${textOf(timezone)}' is not a valid time-zone ID`;
  return [
    {
      severity: 'error',
      path: 'timezone',
      message: `expected a timezone such as Europe/Paris, got ${textOf(timezone)}`,
      expected: 'timezone',
      got: textOf(timezone),
      kestra,
    },
  ];
}

function expecting(
  given: Given,
  name: string,
  expected: string,
  fits: (value: unknown) => boolean,
): readonly PropertyProblem[] {
  const value = given[name];
  if (absent(value) || fits(value)) return [];
  return [
    {
      severity: 'error',
      path: name,
      message: `expected ${expected}, got ${textOf(value)}`,
      expected,
      got: textOf(value),
    },
  ];
}

/** Undefined where it is neither a map nor a list of key and value; labels of the system are not for authors. */
function labelsOf(value: unknown): Labels | undefined {
  const pairs = Array.isArray(value)
    ? value.map((label: unknown) => (isMap(label) ? [label.key, label.value] : []))
    : isMap(value)
      ? Object.entries(value)
      : undefined;
  if (!pairs) return undefined;
  const labels: Record<string, string> = {};
  for (const [key, text] of pairs) {
    if (typeof key !== 'string' || key === '' || key.startsWith('system.') || absent(text) || typeof text === 'object')
      return undefined;
    labels[key] = String(text);
  }
  return labels;
}

const asBoolean = (value: unknown): boolean | undefined =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
const isMap = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);
const absent = (value: unknown): value is undefined | null => value === undefined || value === null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
