/**
 * Many flows at once: saved from one text, deleted, switched off and on, exported and imported. What is wrong with one of them
 * is told before anything is done to any.
 */
import { Fault } from '../../../lib/errors.ts';
import { type Flow, type FlowName, TENANT } from '../../../lib/model/flow.ts';
import { flowKey } from '../../../lib/model/partition.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import { withProperty } from '../../../lib/yaml/edit.ts';
import { FORM_BYTES_MAX, jsonIn, notJson, textIn } from '../body.ts';
import type { Flows } from '../live/flows.ts';
import { invalidFlow } from '../refusals.ts';
import { flowBody } from '../views/flow.ts';
import { bodyOfRow } from '../views/flow-source.ts';
import { entriesOf, isZip, zipOf } from '../zip.ts';
import { bulkBody, filtersInBody } from './bulk.ts';
import type { FlowListHandlers } from './flow-lists.ts';
import { DOCUMENTS_MAX, documentsOf, FILES_BYTES_MAX, filesIn, flowSourcesIn, type Part } from './flow-sources.ts';
import { flagOf, refused, textOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';
import { flowsAsked } from './searches.ts';

const NAMES_MAX = 10_000;

type Parts = FlowListHandlers;

export function flowBulkHandlers(parts: Parts) {
  const { flows } = parts;
  const byIds = (act: (asked: Asked, names: readonly FlowName[]) => Promise<unknown>) => async (asked: Asked) => {
    await act(asked, await namesIn(flows, asked));
  };
  const byQuery = (act: (asked: Asked, names: readonly FlowName[]) => Promise<unknown>) => async (asked: Asked) => {
    const strictness = { strict: true, written: await filtersInBody(asked) };
    const { limit: _, offset: __, ...listing } = await flowsAsked(asked.query, parts.repository, strictness);
    await act(asked, await parts.lists.all(listing));
  };
  const remove = async (asked: Asked, names: readonly FlowName[]) => {
    for (const name of names) await flows.remove(name, asked.user);
    asked.json(bulkBody(names.length));
  };
  const switched = (disabled: boolean) => async (asked: Asked, names: readonly FlowName[]) => {
    let count = 0;
    for (const name of names) if (await switchFlow(flows, name, disabled, asked.user)) count++;
    asked.json(bulkBody(count));
  };
  const exported = async (asked: Asked, names: readonly FlowName[]) => sendZip(asked, flows, names);
  return {
    bulkUpdate: async (asked) => {
      const namespace = textOf(asked.query, 'namespace');
      asked.json(await saveAll(parts, asked, { namespace, below: flagOf(asked.query, 'allowNamespaceChild') }));
    },
    updateNamespace: async (asked) =>
      asked.json(await saveAll(parts, asked, { namespace: asked.params.namespace!, below: false })),
    deleteFlowsByIds: byIds(remove),
    deleteFlowsByQuery: byQuery(remove),
    disableFlowsByIds: byIds(switched(true)),
    disableFlowsByQuery: byQuery(switched(true)),
    enableFlowsByIds: byIds(switched(false)),
    enableFlowsByQuery: byQuery(switched(false)),
    exportFlowsByIds: byIds(exported),
    exportFlowsByQuery: byQuery(exported),
    importFlows: async (asked) => asked.json(await importFlows(flows, asked)),
  } satisfies Partial<Handlers>;
}

/** Each once, and each there: throws `flow.unknown`. */
async function namesIn(flows: Flows, asked: Asked): Promise<readonly FlowName[]> {
  const value = await jsonIn(asked.context.req, FORM_BYTES_MAX);
  const expected = 'a JSON list of { namespace, id }';
  if (!Array.isArray(value)) throw notJson(expected, value);
  if (value.length > NAMES_MAX)
    throw new Fault('request.invalid', `expected at most ${NAMES_MAX} flows, got ${value.length}`);
  const names = new Map<string, FlowName>();
  for (const each of value as readonly { readonly namespace?: unknown; readonly id?: unknown }[]) {
    if (typeof each?.namespace !== 'string' || typeof each.id !== 'string')
      throw new Fault('request.invalid', `expected ${expected}, got ${JSON.stringify(each).slice(0, 60)}`);
    const name = { tenant: TENANT, namespace: each.namespace, id: each.id };
    names.set(flowKey(name), name);
  }
  for (const name of names.values()) await flows.read(name);
  return [...names.values()];
}

/** False where it was so already. The source keeps its order and comments. */
async function switchFlow(flows: Flows, name: FlowName, disabled: boolean, user: string): Promise<boolean> {
  const { document, flow } = await flows.read(name);
  if (flow?.disabled === disabled) return false;
  const source = withProperty(document.source, 'disabled', disabled, 'namespace');
  if (source === undefined)
    throw new Fault(
      'flow.invalid',
      `expected ${name.namespace}.${name.id} to name its namespace in one line, got another form`,
    );
  await flows.save(source, 'update', user, name);
  return true;
}

async function sendZip(asked: Asked, flows: Flows, names: readonly FlowName[]): Promise<void> {
  const entries = [];
  for (const name of names) {
    const { document } = await flows.read(name);
    entries.push({ name: `${name.namespace}.${name.id}.yaml`, content: Buffer.from(document.source) });
  }
  asked.context.attachment('flows.zip');
  asked.context.type = 'application/octet-stream';
  asked.context.body = zipOf(entries);
}

interface Bounds {
  readonly namespace?: string;
  /** Namespaces below it too. */
  readonly below: boolean;
}

/** Those that are not named are deleted, unless that is said not to be wanted. */
async function saveAll(parts: Parts, asked: Asked, bounds: Bounds): Promise<readonly object[]> {
  const { flows, lists } = parts;
  const overridden = bounds.namespace !== undefined && flagOf(asked.query, 'override');
  const sources = (await flowSourcesIn(asked)).map((part) =>
    overridden ? { ...part, text: part.text.replace(/^namespace:.+/m, `namespace: ${bounds.namespace}`) } : part,
  );
  const named = flowsIn(flows, sources, bounds);
  const deletes = flagOf(asked.query, 'delete', true);
  const gone: object[] = [];
  if (deletes) {
    const known = await lists.all({
      tenant: TENANT,
      ...(bounds.namespace === undefined ? {} : { namespace: bounds.namespace }),
    });
    for (const row of known.filter((each) => !named.has(flowKey(each)))) {
      await flows.remove(row, asked.user);
      gone.push(bodyOfRow(flows, { ...row, deleted: true }, true));
    }
  }
  const saved: object[] = [];
  for (const source of named.values()) {
    const { flow, revision } = await flows.save(source, 'upsert', asked.user);
    saved.push(flowBody(flow, { revision, source, withSource: true }));
  }
  return [...gone, ...saved];
}

/** By their names. Throws `flow.invalid` with the problems of all of them. */
function flowsIn(flows: Flows, parts: readonly Part[], bounds: Bounds): ReadonlyMap<string, string> {
  const problems: Problem[] = [];
  const named = new Map<string, string>();
  for (const [n, { text, linesBefore, fileName }] of parts.entries()) {
    const { flow, problems: own } = flows.parse(text);
    const place = fileName ?? `${n + 1}`;
    for (const problem of own.filter(({ severity }) => severity === 'error'))
      problems.push({
        ...problem,
        path: [place, problem.path].filter(Boolean).join(': '),
        ...(problem.line === undefined ? {} : { line: problem.line + linesBefore }),
      });
    if (!flow) continue;
    const wrong = wrongName(flow, bounds, named);
    if (wrong) problems.push({ severity: 'error', path: place, ...wrong });
    named.set(flowKey(flow), text);
  }
  if (problems.length > 0) throw invalidFlow(problems);
  return named;
}

function wrongName(
  flow: Flow,
  bounds: Bounds,
  named: ReadonlyMap<string, string>,
): Pick<Problem, 'message' | 'kestra'> | undefined {
  const isInside =
    bounds.namespace === undefined ||
    flow.namespace === bounds.namespace ||
    (bounds.below && flow.namespace.startsWith(`${bounds.namespace}.`));
  if (!isInside)
    return {
      message: `expected a flow of ${bounds.namespace}, got ${flow.namespace}.${flow.id}`,
      kestra: `flow.namespace: ${flow.namespace}_${flow.id} - flow namespace is invalid`,
    };
  if (named.has(flowKey(flow)))
    return {
      message: `expected each flow once, got ${flow.namespace}.${flow.id} again`,
      kestra: 'flow.id: Duplicate flow id',
    };
  return undefined;
}

/** An archive or a text of several documents; gives the names of those that were not taken. */
async function importFlows(flows: Flows, asked: Asked): Promise<readonly string[]> {
  const files = await filesIn(asked);
  const file = files.find(({ name }) => name === 'fileUpload') ?? files[0];
  if (!file) throw refused('fileUpload', 'a file with flows', '');
  const sources = isZip(file.content)
    ? entriesOf(file.content, FILES_BYTES_MAX)
        .filter(({ name }) => /\.ya?ml$/i.test(name))
        .map(({ name, content }) => [name, textIn(content, name)] as const)
    : documentsOf(textIn(file.content, file.fileName || file.name)).map(({ text }, n) => [String(n), text] as const);
  if (sources.length > DOCUMENTS_MAX)
    throw new Fault('request.tooLarge', `expected at most ${DOCUMENTS_MAX} flows, got ${sources.length}`);
  const refusedOnes = sources.filter(([, text]) => !flows.parse(text).flow).map(([name]) => name);
  if (refusedOnes.length > 0 && flagOf(asked.query, 'failOnError'))
    throw refused(
      'fileUpload',
      'flows that are valid',
      refusedOnes.join(', '),
      `Following invalid flows were not imported: ${refusedOnes.join(', ')}`,
    );
  for (const [name, text] of sources) if (!refusedOnes.includes(name)) await flows.save(text, 'upsert', asked.user);
  return refusedOnes;
}
