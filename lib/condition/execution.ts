/** Conditions on the execution: its flow, its state, its labels, its outputs, whether it was tried again. */
import { isFalse } from '../expression/render.ts';
import type { Condition, Properties, Subject } from './condition.ts';
import { condition, textOf, textsOf } from './entry.ts';

export const EXECUTION_STATUS = condition({
  name: 'ExecutionStatus',
  title: 'The execution is in one of some states',
  properties: ['in', 'notIn'],
  holds: (properties, { state }) => among(properties, [state]),
});

export const HAS_RETRY_ATTEMPT = condition({
  name: 'HasRetryAttempt',
  title: 'A task run of the execution was tried more than once',
  properties: ['in', 'notIn'],
  holds: (properties, { retried }) => retried.length > 0 && among(properties, retried),
});

export const EXECUTION_FLOW = condition({
  name: 'ExecutionFlow',
  title: 'The execution is of a flow',
  properties: ['namespace', 'flowId'],
  required: ['namespace', 'flowId'],
  holds: isOfFlow,
});

export const FLOW = condition({
  name: 'FlowCondition',
  older: 'FlowCondition',
  title: 'The execution is of a flow',
  properties: ['namespace', 'flowId'],
  required: ['namespace', 'flowId'],
  holds: isOfFlow,
});

export const EXECUTION_NAMESPACE = condition({
  name: 'ExecutionNamespace',
  title: 'The execution is of a flow in a namespace',
  properties: ['namespace', 'comparison', 'prefix'],
  required: ['namespace'],
  holds: isInNamespace,
});

export const FLOW_NAMESPACE = condition({
  name: 'FlowNamespaceCondition',
  older: 'FlowNamespaceCondition',
  title: 'The execution is of a flow in a namespace',
  properties: ['namespace', 'prefix'],
  required: ['namespace'],
  holds: isInNamespace,
});

export const EXECUTION_LABELS = condition({
  name: 'ExecutionLabels',
  title: 'The execution has labels',
  properties: ['labels'],
  required: ['labels'],
  holds: ({ labels }, subject) =>
    entriesOf(labels).every(([key, value]) => subject.labels[key] === subject.render(String(value))),
});

export const EXECUTION_OUTPUTS = condition({
  name: 'ExecutionOutputs',
  title: "An expression on the execution's outputs holds",
  properties: ['expression'],
  required: ['expression'],
  holds: ({ expression }, { render }) => !isFalse(render(String(expression)).trim()),
});

export const EXECUTION_CONDITIONS: readonly Condition[] = [
  EXECUTION_STATUS,
  HAS_RETRY_ATTEMPT,
  EXECUTION_FLOW,
  FLOW,
  EXECUTION_NAMESPACE,
  FLOW_NAMESPACE,
  EXECUTION_LABELS,
  EXECUTION_OUTPUTS,
];

function among({ in: wanted, notIn }: Properties, states: readonly string[]): boolean {
  const refused = textsOf(notIn);
  if (states.some((state) => refused.includes(state))) return false;
  const some = textsOf(wanted);
  return some.length === 0 || states.some((state) => some.includes(state));
}

function isOfFlow(properties: Properties, { flow, render }: Subject): boolean {
  return textOf(properties, 'namespace', render) === flow.namespace && textOf(properties, 'flowId', render) === flow.id;
}

function isInNamespace(properties: Properties, { flow, render }: Subject): boolean {
  const namespace = textOf(properties, 'namespace', render) ?? '';
  const prefix = properties.prefix === true || properties.prefix === 'true';
  switch (prefix ? 'PREFIX' : String(properties.comparison ?? 'EQUALS').toUpperCase()) {
    case 'PREFIX':
      return flow.namespace === namespace || flow.namespace.startsWith(`${namespace}.`);
    case 'SUFFIX':
      return flow.namespace.endsWith(namespace);
    default:
      return flow.namespace === namespace;
  }
}

function entriesOf(labels: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(labels)) return labels.map(({ key, value }: { key: string; value: unknown }) => [key, value]);
  return Object.entries((labels ?? {}) as object);
}
