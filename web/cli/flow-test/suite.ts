/**
 * A suite of tests of a flow, as it stands in `*.test.yaml`. The shape is that of Kestra's unit tests (`testCases`, `fixtures`,
 * `assertions`); ours besides: `flow` and `flows`, files beside the suite, `fixtures.now` and `fixtures.labels`, and `state`.
 */
import { z } from 'zod';
import { Fault } from '../../../lib/errors.ts';
import { readYaml } from '../../../lib/yaml/yaml.ts';
import { textOfFile } from '../named-file.ts';

const ENDS = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED'] as const;
const values = z.record(z.string(), z.unknown());
const state = z.enum(ENDS);

const ASSERTION = z.strictObject({
  /** An expression, seen as the flow's own outputs see it. */
  value: z.unknown(),
  taskId: z.string().optional(),
  description: z.string().optional(),
  errorMessage: z.string().optional(),
  equalTo: z.unknown().optional(),
  notEqualTo: z.unknown().optional(),
  greaterThan: z.number().optional(),
  greaterThanOrEqualTo: z.number().optional(),
  lessThan: z.number().optional(),
  lessThanOrEqualTo: z.number().optional(),
  in: z.array(z.unknown()).optional(),
  notIn: z.array(z.unknown()).optional(),
  startsWith: z.string().optional(),
  endsWith: z.string().optional(),
  contains: z.string().optional(),
  isNull: z.boolean().optional(),
  isNotNull: z.boolean().optional(),
});

const TASK_FIXTURE = z.strictObject({
  id: z.string(),
  description: z.string().optional(),
  /** Of an iterated task: only in the iteration with this value. */
  value: z.string().optional(),
  state: state.default('SUCCESS'),
  outputs: values.optional(),
  /** How long it takes, in virtual time. */
  duration: z.string().optional(),
});

const FIXTURES = z.strictObject({
  inputs: values.default({}),
  labels: z.record(z.string(), z.string()).default({}),
  /** By name, as text. In an input or an output, `{{ files['name'] }}` is its address. */
  files: z.record(z.string(), z.string()).default({}),
  tasks: z.array(TASK_FIXTURE).default([]),
  trigger: z
    .strictObject({ id: z.string(), type: z.string().default('test'), variables: values.default({}) })
    .optional(),
  /** When the execution begins. */
  now: z.iso.datetime({ offset: true }).default('2026-01-01T00:00:00Z'),
});

const CASE = z.strictObject({
  id: z.string(),
  type: z.string().optional(),
  description: z.string().optional(),
  disabled: z.boolean().default(false),
  fixtures: FIXTURES.prefault({}),
  /** How the execution is to end; absent: SUCCESS, or WARNING. */
  state: state.optional(),
  /** The states of tasks, of those with several runs the last. */
  tasks: z.record(z.string(), z.string()).default({}),
  assertions: z.array(ASSERTION).default([]),
});

const SUITE = z.strictObject({
  id: z.string(),
  description: z.string().optional(),
  disabled: z.boolean().default(false),
  /** Kestra names the flow; it is looked for in the YAML files beside the suite. */
  namespace: z.string().optional(),
  flowId: z.string().optional(),
  /** Its file, from the suite's folder. */
  flow: z.string().optional(),
  /** Files of flows that it calls. */
  flows: z.array(z.string()).default([]),
  testCases: z.array(CASE).min(1),
});

export type Suite = z.output<typeof SUITE>;
export type Case = z.output<typeof CASE>;
export type Fixtures = z.output<typeof FIXTURES>;
export type Assertion = z.output<typeof ASSERTION>;

/** Throws `request.invalid` with the place. */
export function readSuite(file: string): Suite {
  const { value, problems } = readYaml(textOfFile(file));
  const wrong = problems.find(({ severity }) => severity === 'error');
  if (wrong) throw new Fault('request.invalid', `${file}:${wrong.line ?? 1}: ${wrong.message}`);
  const parsed = SUITE.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Fault('request.invalid', `${file}: ${path.map(String).join('.')}: ${message}`);
}
