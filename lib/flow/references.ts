/**
 * What templates name must be there: inputs and variables of the flow, tasks in `outputs` and `tasks`. Kestra takes a flow that
 * names others, and it fails when it is rendered: so these are warnings, told when all else is read.
 */
import { type Mention, mentionsIn } from '../expression/mentions.ts';
import { nearest } from '../nearest.ts';
import type { Path } from '../yaml/yaml.ts';
import type { Problems } from './problems.ts';
import { isMap, type MapReader } from './reader.ts';
import type { TaskReader } from './task.ts';

/** Only a text with one of these can be wrong; the others are not parsed again. */
const SUSPECT = /\b(?:input|output|var|task)/;
/** Triggers, those who resume, and a subflow's `outputs` see other contexts. */
const ELSEWHERE: ReadonlySet<string | number> = new Set(['triggers', 'onResume', 'conditions']);
const isElsewhere = (path: Path): boolean =>
  path.some((part) => ELSEWHERE.has(part)) || path.lastIndexOf('outputs') > 0;
/** It may set variables that the flow does not name. */
const SET_VARIABLES = 'io.kestra.plugin.core.execution.SetVariables';
const MEANT: Readonly<Record<string, string>> = {
  input: 'inputs',
  output: 'outputs',
  var: 'vars',
  variables: 'vars',
  variable: 'vars',
};

interface Known {
  readonly what: string;
  /** An id with dots is a place in a map. */
  readonly names: readonly string[];
}

export function checkReferences(flow: MapReader, { ids, taskOf }: TaskReader, problems: Problems): void {
  // What is inside a task of an unknown type was not read.
  const task = ids.size > taskOf.size ? undefined : { what: 'task', names: [...ids] };
  const sets = [...taskOf.values()].some(({ type }) => type === SET_VARIABLES);
  const known: Readonly<Record<string, Known | undefined>> = {
    inputs: { what: 'input', names: inputsOf(flow) },
    outputs: task,
    tasks: task,
    vars: sets ? undefined : variablesOf(flow),
  };
  for (const { path, text } of problems.templates)
    if (SUSPECT.test(text) && !isElsewhere(path))
      for (const mention of mentionsIn(text)) checkMention(mention, path, known, problems);
}

function checkMention(
  { path: [root = '', ...parts], fault }: Mention,
  path: Path,
  known: Readonly<Record<string, Known | undefined>>,
  problems: Problems,
): void {
  if (parts.length === 0) return;
  const meant = Object.hasOwn(MEANT, root) ? MEANT[root] : undefined;
  const there = Object.hasOwn(known, root) ? known[root] : undefined;
  if (meant === undefined && (!there || there.names.some((name) => meets(name.split('.'), parts)))) return;
  const got = there ? gotOf(there, parts) : root;
  const reason = there
    ? `expected ${there.what === 'input' ? 'an' : 'a'} ${there.what} of this flow, got \`${got}\``
    : `expected a variable of the context, got \`${root}\``;
  const hint = meant ?? nearest(got, there!.names);
  const error = fault(reason, hint && `did you mean \`${hint}\`?`);
  problems.within(path, error, { expected: there?.names.join(', ') ?? meant, got });
}

/** The whole path where its beginning is right. */
const gotOf = ({ names }: Known, parts: readonly string[]): string =>
  names.some((name) => name.split('.')[0] === parts[0]) ? parts.join('.') : parts[0]!;

const meets = (name: readonly string[], parts: readonly string[]): boolean =>
  name.slice(0, parts.length).every((part, n) => part === parts[n]);

const inputsOf = (flow: MapReader): readonly string[] => {
  const inputs = flow.get('inputs');
  return (Array.isArray(inputs) ? inputs : []).flatMap((each) => (isMap(each) ? [String(each.id ?? each.name)] : []));
};

const variablesOf = (flow: MapReader): Known => {
  const variables = flow.get('variables');
  return { what: 'variable', names: isMap(variables) ? Object.keys(variables) : [] };
};
