/** What a call asks for: the flow as it is now, and whether it takes the inputs. */
import type { Bus } from '../../lib/bus/bus.ts';
import { textOf } from '../../lib/errors.ts';
import { NeedsFact } from '../../lib/expression/render.ts';
import { seededRandom } from '../../lib/expression/world.ts';
import type { FlowDocument, FlowRevision } from '../../lib/flow/actor.ts';
import { definitionOf } from '../../lib/flow/definition.ts';
import { type Means, resolveInputs } from '../../lib/flow/inputs.ts';
import type { ExecutionStart } from '../../lib/model/execution.ts';
import type { Flow, Labels } from '../../lib/model/flow.ts';
import { sourceHash } from '../../lib/model/ids.ts';
import { type Installation, NO_INSTALLATION } from '../../lib/model/installation.ts';
import { type Call, type Letter, startOfCall } from '../../lib/model/letter.ts';
import { flowKey, flowPartition } from '../../lib/model/partition.ts';
import type { Definitions } from './definitions.ts';

/** What a start needs besides the flow. */
export interface Starting {
  /** Plugin defaults of the configuration. */
  readonly globals: readonly unknown[];
  /** What the configuration gives to expressions. */
  readonly installation?: Installation;
  /** Seals a secret for a place, see lib/secret. */
  readonly seal: (originalId: string) => Means['seal'];
}

interface CalleesParts extends Starting {
  readonly bus: Bus;
  readonly definitions: Definitions;
}

export interface Callee {
  readonly start: ExecutionStart;
  readonly labels: Labels;
  readonly definition: string;
}

export class Callees {
  readonly #parts: CalleesParts;

  constructor(parts: CalleesParts) {
    this.#parts = parts;
  }

  /** A sentence where it cannot be begun. Throws `bus.unavailable`. */
  async startOf(letter: Extract<Letter, { kind: 'call' }>): Promise<Callee | string> {
    const { id, call } = letter;
    const name = `${call.namespace}.${call.flowId}`;
    const found = await this.#sourceOf(call);
    if (!found)
      return `expected a flow ${name}${call.revision === undefined ? '' : ` of revision ${call.revision}`}, got none`;
    const definition = definitionOf(found.source, this.#parts.globals);
    const flow = this.#parts.definitions.parse(sourceHash(call.tenant, definition), definition);
    if (typeof flow === 'string') return `the flow ${name}: ${flow}`;
    if (flow.disabled) return `expected an enabled flow, got ${name}`;
    const inputs = this.#inputsOf(id, flow, found.revision, call);
    if (typeof inputs === 'string') return inputs;
    const { tenant, namespace, flowId } = call;
    const start = startOfCall(
      letter,
      { tenant, namespace, id: flowId, revision: found.revision, hash: flow.hash },
      inputs,
    );
    return { start, labels: { ...flow.labels, ...call.labels }, definition };
  }

  async #sourceOf(call: Call): Promise<{ readonly source: string; readonly revision: number } | undefined> {
    const { documents, partitions } = this.#parts.bus;
    const flow = { tenant: call.tenant, namespace: call.namespace, id: call.flowId };
    const fields = ['head', ...(call.revision === undefined ? [] : [`r:${call.revision}`])];
    const [head, revision] = await documents.fields(flowPartition(flow, partitions), flowKey(flow), fields);
    if (head === undefined) return undefined;
    const document = JSON.parse(head) as FlowDocument;
    if (document.deleted) return undefined;
    if (call.revision === undefined) return document;
    return revision === undefined ? undefined : (JSON.parse(revision) as FlowRevision);
  }

  #inputsOf(id: string, flow: Flow, revision: number, call: Call): Record<string, unknown> | string {
    const { tenant: tenantId, namespace, id: flowId, variables } = flow;
    const { envs, globals, timeZone } = this.#parts.installation ?? NO_INSTALLATION;
    const context = {
      flow: { id: flowId, namespace, revision, tenantId },
      vars: variables,
      trigger: call.trigger.variables,
      envs,
      globals,
    };
    try {
      const world = { nowMs: call.createdAtMs, timeZone, random: seededRandom(id) };
      const { inputs, problems } = resolveInputs(flow, call.inputs, { seal: this.#parts.seal(id), context, world });
      if (problems.length === 0) return inputs;
      return problems.map(({ message, kestra }) => kestra ?? message).join('; ');
    } catch (error) {
      if (!(error instanceof NeedsFact)) throw error;
      return `the inputs of ${namespace}.${flowId}: ${textOf(error)}`;
    }
  }
}
