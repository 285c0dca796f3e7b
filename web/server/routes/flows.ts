/** Flows: save, read, list, validate, delete. */
import { Fault } from '../../../lib/errors.ts';
import type { FlowName } from '../../../lib/model/flow.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import type { FlowRow, Repository } from '../../../lib/repository/repository.ts';
import type { ValidationBody } from '../../api/bodies.ts';
import { FLOW_BYTES_MAX, sourceOf } from '../body.ts';
import { type Flows, unknownFlow } from '../live/flows.ts';
import { flowBody } from '../views/flow.ts';
import { pageOf } from './paging.ts';
import { wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';

/** What stands between two documents. */
const BETWEEN = /^---\s*$/;
const DOCUMENTS_MAX = 500;

const nameOf = ({ params }: Asked, id = 'id'): FlowName => ({
  tenant: TENANT,
  namespace: params.namespace!,
  id: params[id]!,
});

export function flowHandlers(flows: Flows, repository: Repository) {
  return {
    searchFlows: async (asked) => {
      const { query } = asked;
      const { limit, offset } = pageOf(query);
      const text = query.get('q') ?? undefined;
      const namespace = query.get('namespace') ?? undefined;
      const { rows, total } = await repository.searchFlows({
        tenant: TENANT,
        limit,
        offset,
        ...(text === undefined || text === '*' ? {} : { text }),
        ...(namespace === undefined ? {} : { namespacePrefix: namespace }),
      });
      asked.json({ results: rows.map((row) => bodyOfRow(flows, row)), total });
    },
    validateFlows: async (asked) => {
      const source = await sourceOf(asked.context.req, FLOW_BYTES_MAX);
      asked.json(documentsOf(source).map((part, index) => validation(flows, part, index)));
    },
    createFlow: async (asked) => {
      const source = await sourceOf(asked.context.req, FLOW_BYTES_MAX);
      const { flow, revision } = await flows.save(source, 'create', asked.user);
      asked.json(flowBody(flow, { revision, source, withSource: true }));
    },
    updateFlow: async (asked) => {
      const source = await sourceOf(asked.context.req, FLOW_BYTES_MAX);
      const name = nameOf(asked);
      const { flow, revision } = await flows.save(source, 'update', asked.user, name);
      asked.json(flowBody(flow, { revision, source, withSource: true }));
    },
    readFlow: async (asked) => asked.json(await readFlow(flows, asked)),
    flowRevisions: async (asked) => {
      const revisions = await flows.revisions(nameOf(asked));
      if (revisions.length === 0) throw unknownFlow(nameOf(asked));
      asked.json(
        revisions.map(({ source, revision }) =>
          bodyOfSource(flows, nameOf(asked), source, { revision, withSource: true }),
        ),
      );
    },
    deleteFlow: async (asked) => {
      await flows.remove(nameOf(asked), asked.user);
      asked.context.status = 204;
    },
  } satisfies Partial<Handlers>;
}

async function readFlow(flows: Flows, asked: Asked): Promise<object> {
  const { query } = asked;
  const name = nameOf(asked);
  const withSource = query.get('source') === 'true';
  const known = await flows.find(name);
  const revision = wholeOf(query, 'revision', 1);
  if (!known || (known.document.deleted && query.get('allowDeleted') !== 'true' && revision === undefined))
    throw unknownFlow(name);
  if (revision === undefined)
    return bodyOfSource(flows, name, known.document.source, {
      revision: known.document.revision,
      withSource,
      deleted: known.document.deleted,
    });
  const found = await flows.revision(name, revision);
  if (!found) throw new Fault('flow.unknown', `expected a revision of ${name.namespace}.${name.id}, got ${revision}`);
  return bodyOfSource(flows, name, found.source, { revision: found.revision, withSource });
}

/** A source that needs what is not here any more is shown all the same. */
function bodyOfSource(
  flows: Flows,
  name: FlowName,
  source: string,
  options: { readonly revision: number; readonly withSource: boolean; readonly deleted?: boolean },
): object {
  const { flow, problems } = flows.parse(source);
  if (flow) return flowBody(flow, { ...options, source });
  return {
    id: name.id,
    namespace: name.namespace,
    tenantId: name.tenant,
    revision: options.revision,
    deleted: options.deleted ?? false,
    exception: textOf(problems),
    ...(options.withSource ? { source } : {}),
  };
}

const bodyOfRow = (flows: Flows, row: FlowRow): object =>
  bodyOfSource(flows, row, row.source, { revision: row.revision, withSource: false, deleted: row.deleted });

const textOf = (problems: readonly Problem[]): string =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, kestra }) => placed(path, kestra ?? message))
    .join('\n');

const placed = (path: string, text: string): string => (path === '' ? text : `${path}: ${text}`);

interface Part {
  readonly text: string;
  /** Lines of the whole that stand before it. */
  readonly linesBefore: number;
}

function documentsOf(source: string): readonly Part[] {
  const parts: Part[] = [];
  let [lines, linesBefore, text] = [0, 0, ''];
  const finish = () => {
    if (text.trim() !== '') parts.push({ text, linesBefore });
    [text, linesBefore] = ['', lines];
  };
  for (const line of source.split(/(?<=\n)/)) {
    lines++;
    if (BETWEEN.test(line)) finish();
    else text += line;
  }
  finish();
  if (parts.length > DOCUMENTS_MAX)
    throw new Fault('request.tooLarge', `expected at most ${DOCUMENTS_MAX} documents, got ${parts.length}`);
  return parts.length > 0 ? parts : [{ text: source, linesBefore: 0 }];
}

function validation(flows: Flows, { text, linesBefore }: Part, index: number): ValidationBody {
  const { flow, problems } = flows.parse(text);
  const errors = problems.filter(({ severity }) => severity === 'error');
  return {
    index,
    ...(flow ? { namespace: flow.namespace, flow: flow.id } : {}),
    ...(errors.length > 0 ? { constraints: textOf(problems) } : {}),
    warnings: problems
      .filter(({ severity }) => severity === 'warning')
      .map(({ path, message }) => placed(path, message)),
    outdated: false,
    deprecationPaths: problems
      .filter(({ severity, message }) => severity === 'warning' && message.includes('deprecated'))
      .map(({ path }) => path),
    problems: problems.map((problem) =>
      problem.line === undefined ? problem : { ...problem, line: problem.line + linesBefore },
    ),
  };
}
