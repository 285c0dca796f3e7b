/** Flows, one at a time: save, read, validate, delete. */
import { Fault } from '../../../lib/errors.ts';
import type { FlowName } from '../../../lib/model/flow.ts';
import { TENANT } from '../../../lib/model/flow.ts';
import { type Flows, unknownFlow } from '../live/flows.ts';
import { flowBody } from '../views/flow.ts';
import { bodyOfSource, validationBody } from '../views/flow-source.ts';
import { flowSourceIn, flowSourcesIn, isJson } from './flow-sources.ts';
import { flagOf, wholeOf } from './query.ts';
import type { Asked, Handlers } from './register.ts';

export const flowNameIn = ({ params }: Asked): FlowName => ({
  tenant: TENANT,
  namespace: params.namespace!,
  id: params.id!,
});

export function flowHandlers(flows: Flows) {
  return {
    validateFlows: async (asked) => {
      const given = await flowSourcesIn(asked);
      const parts = given.length > 0 ? given : [{ text: '', linesBefore: 0 }];
      asked.json(parts.map((part, index) => validationBody(flows.parse(part.text), { ...part, index })));
    },
    createFlow: async (asked) => {
      const source = await flowSourceIn(asked);
      const { flow, revision } = await flows.save(source, 'create', asked.user);
      asked.json(flowBody(flow, { revision, source, withSource: true }));
    },
    updateFlow: async (asked) => {
      const name = flowNameIn(asked);
      // What is unknown is told before what is wrong with the object that was sent.
      if (isJson(asked)) await flows.read(name);
      const source = await flowSourceIn(asked);
      const { flow, revision } = await flows.save(source, 'update', asked.user, name);
      asked.json(flowBody(flow, { revision, source, withSource: true }));
    },
    readFlow: async (asked) => asked.json(await readFlow(flows, asked)),
    flowRevisions: async (asked) => {
      const name = flowNameIn(asked);
      const revisions = await flows.revisions(name);
      if (revisions.length === 0) throw unknownFlow(name);
      asked.json(
        revisions.map(({ source, revision }) => bodyOfSource(flows, name, source, { revision, withSource: true })),
      );
    },
    deleteFlow: async (asked) => {
      await flows.remove(flowNameIn(asked), asked.user);
      asked.context.status = 204;
    },
  } satisfies Partial<Handlers>;
}

async function readFlow(flows: Flows, asked: Asked): Promise<object> {
  const { query } = asked;
  const name = flowNameIn(asked);
  const withSource = flagOf(query, 'source');
  const known = await flows.find(name);
  const revision = wholeOf(query, 'revision', 1);
  if (!known || (known.document.deleted && !flagOf(query, 'allowDeleted') && revision === undefined))
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
