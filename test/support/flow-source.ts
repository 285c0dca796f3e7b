/** Sources of flows, in the words of tests. What stands behind a colon is JSON, which is YAML. */
export const NAMESPACE = 'tests.rest';

export interface TaskSource {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export function aFlow(
  id: string,
  tasks: readonly TaskSource[],
  rest: Readonly<Record<string, unknown>> = {},
  namespace = NAMESPACE,
): string {
  const lines = Object.entries({ ...rest, tasks }).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [`id: ${id}`, `namespace: ${namespace}`, ...lines, ''].join('\n');
}

export const says = (message: string | readonly string[], id = 'say', more: object = {}): TaskSource => ({
  id,
  type: 'io.kestra.plugin.core.log.Log',
  message,
  ...more,
});

export const sleeps = (duration: string, id = 'sleep'): TaskSource => ({
  id,
  type: 'io.kestra.plugin.core.flow.Sleep',
  duration,
});

export const returns = (id: string, format: string, more: object = {}): TaskSource => ({
  id,
  type: 'io.kestra.plugin.core.debug.Return',
  format,
  ...more,
});

export const flowable = (id: string, kind: string, rest: object): TaskSource => ({
  id,
  type: `io.kestra.plugin.core.flow.${kind}`,
  ...rest,
});

export const YAML = { 'content-type': 'application/x-yaml' };
