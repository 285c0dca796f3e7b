/** Flows out of their sources, and what is wrong with a source, as REST shows them. */
import type { ParsedFlow } from '../../../lib/flow/parse.ts';
import type { FlowName } from '../../../lib/model/flow.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import type { FlowRow } from '../../../lib/repository/repository.ts';
import type { ValidationBody } from '../../api/bodies.ts';
import { flowBody } from './flow.ts';

/** Whatever reads sources. */
export interface Parsing {
  parse(source: string): ParsedFlow;
}

export interface SourceView {
  readonly revision: number;
  readonly withSource: boolean;
  readonly deleted?: boolean;
}

/** A source that needs what is not here any more is shown all the same. */
export function bodyOfSource(flows: Parsing, name: FlowName, source: string, view: SourceView): object {
  const { flow, problems } = flows.parse(source);
  if (flow) return flowBody(flow, { ...view, source });
  return {
    id: name.id,
    namespace: name.namespace,
    tenantId: name.tenant,
    revision: view.revision,
    disabled: false,
    deleted: view.deleted ?? false,
    exception: constraintsOf(problems),
    ...(view.withSource ? { source } : {}),
  };
}

export const bodyOfRow = (flows: Parsing, row: FlowRow, withSource = false): object =>
  bodyOfSource(flows, row, row.source, { revision: row.revision, withSource, deleted: row.deleted });

/** All errors in one text, as Kestra's clients print it. */
export const constraintsOf = (problems: readonly Problem[]): string =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, kestra }) => placed(path, kestra ?? message))
    .join('\n');

const placed = (path: string, text: string): string => (path === '' ? text : `${path}: ${text}`);

export function validationBody(
  { flow, problems }: ParsedFlow,
  {
    index,
    linesBefore = 0,
    fileName,
  }: { readonly index: number; readonly linesBefore?: number; readonly fileName?: string },
): ValidationBody {
  const constraints = constraintsOf(problems);
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  return {
    index,
    ...(fileName === undefined ? {} : { filename: fileName }),
    ...(flow ? { namespace: flow.namespace, flow: flow.id } : {}),
    ...(constraints === '' ? {} : { constraints }),
    warnings: warnings.map(({ path, message }) => placed(path, message)),
    infos: [],
    outdated: false,
    deprecationPaths: warnings.filter(({ message }) => message.includes('deprecated')).map(({ path }) => path),
    problems: problems.map((problem) =>
      problem.line === undefined ? problem : { ...problem, line: problem.line + linesBefore },
    ),
  };
}
