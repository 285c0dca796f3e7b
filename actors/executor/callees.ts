/** What a call asks for: the flow as it is now, and whether it takes the inputs; or what must be known before. */
import type { Bus } from '../../lib/bus/bus.ts';
import { textOf } from '../../lib/errors.ts';
import { openedAnswer } from '../../lib/execution/opened.ts';
import type { StepSecrets } from '../../lib/execution/opener.ts';
import { NeedsFact } from '../../lib/expression/render.ts';
import { answersFrom, questionKey, seededRandom } from '../../lib/expression/world.ts';
import type { FlowDocument, FlowRevision } from '../../lib/flow/actor.ts';
import { definitionOf } from '../../lib/flow/definition.ts';
import { resolveInputs } from '../../lib/flow/inputs.ts';
import { callPlace, inputPlace } from '../../lib/model/envelope.ts';
import type { ExecutionStart } from '../../lib/model/execution.ts';
import type { Flow, FlowRef, Labels } from '../../lib/model/flow.ts';
import { sourceHash } from '../../lib/model/ids.ts';
import { type Installation, NO_INSTALLATION } from '../../lib/model/installation.ts';
import { type Asking, type Letter, startOfCall } from '../../lib/model/letter.ts';
import { flowKey, flowPartition } from '../../lib/model/partition.ts';
import type { Answered, Question } from '../../lib/model/question.ts';
import { askable } from './askable.ts';
import type { Definitions } from './definitions.ts';

/** What a start needs besides the flow. */
export interface Starting {
  /** Plugin defaults of the configuration. */
  readonly globals: readonly unknown[];
  /** What the configuration gives to expressions. */
  readonly installation?: Installation;
}

interface CalleesParts extends Starting {
  readonly bus: Bus;
  readonly definitions: Definitions;
  readonly secrets?: Pick<StepSecrets, 'seal' | 'open'>;
}

export interface Callee {
  readonly start: ExecutionStart;
  readonly labels: Labels;
  readonly definition: string;
}

type CallLetter = Extract<Letter, { kind: 'call' }>;

export class Callees {
  readonly #parts: CalleesParts;

  constructor(parts: CalleesParts) {
    this.#parts = parts;
  }

  /** A sentence where it cannot be begun; an asking where its inputs ask. `name` is the letter's. Throws `bus.unavailable`. */
  async startOf(letterName: string, letter: CallLetter): Promise<Callee | Asking | string> {
    const { call } = letter;
    const name = `${call.namespace}.${call.flowId}`;
    const found = await this.#sourceOf(call);
    if (!found)
      return `expected a flow ${name}${call.revision === undefined ? '' : ` of revision ${call.revision}`}, got none`;
    const definition = definitionOf(found.source, this.#parts.globals);
    const flow = this.#parts.definitions.parse(sourceHash(call.tenant, definition), definition);
    if (typeof flow === 'string') return `the flow ${name}: ${flow}`;
    if (flow.disabled) return `expected an enabled flow, got ${name}`;
    const { tenant, namespace, flowId } = call;
    const ref: FlowRef = { tenant, namespace, id: flowId, revision: found.revision, hash: flow.hash };
    const resolved = this.#resolved(letterName, letter, flow, ref);
    if (typeof resolved === 'string' || 'questions' in resolved) return resolved;
    const start = startOfCall(letter, ref, resolved.inputs);
    return { start, labels: { ...flow.labels, ...call.labels }, definition };
  }

  async #sourceOf(
    call: CallLetter['call'],
  ): Promise<{ readonly source: string; readonly revision: number } | undefined> {
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

  /** A new question is asked; one that cannot be carried is refused, and what it was asked for is made without it. */
  #resolved(
    name: string,
    letter: CallLetter,
    flow: Flow,
    ref: FlowRef,
  ): { readonly inputs: ExecutionStart['inputs'] } | Asking | string {
    const { caller, call, answers = [] } = letter;
    const made = this.#inputsOf(name, letter, flow, ref.revision);
    if (typeof made === 'string' || 'inputs' in made) return made;
    const { questions, refused } = askable([made.question], answers);
    if (refused.length > 0) return this.#resolved(name, { ...letter, answers: [...answers, ...refused] }, flow, ref);
    const own = { namespace: ref.namespace, flowId: ref.id, executionId: letter.id };
    return { executionId: caller.executionId, name, flow: ref, kin: [own, ...call.kin], questions };
  }

  #inputsOf(
    name: string,
    { id, call, caller, answers = [] }: CallLetter,
    flow: Flow,
    revision: number,
  ): { readonly inputs: ExecutionStart['inputs'] } | { readonly question: Question } | string {
    const { secrets } = this.#parts;
    const { tenant: tenantId, namespace, id: flowId, variables } = flow;
    const { envs, globals, timeZone } = this.#parts.installation ?? NO_INSTALLATION;
    const context = {
      flow: { id: flowId, namespace, revision, tenantId },
      vars: variables,
      trigger: call.trigger.variables,
      envs,
      globals,
    };
    const known = answersFrom(new Map(answers.map((each: Answered) => [questionKey(each.question), each.answer])))!;
    const answer = (question: Question) =>
      secrets ? openedAnswer(question, known(question), caller.executionId, secrets.open) : known(question);
    const seal = secrets && ((inputId: string, text: string) => secrets.seal(inputPlace(id, inputId), text));
    try {
      const given = call.sealedInputs
        ? (JSON.parse(secrets!.open(callPlace(name), call.sealedInputs)) as typeof call.inputs)
        : call.inputs;
      const world = { nowMs: call.createdAtMs, timeZone, random: seededRandom(id), answer };
      const { inputs, problems } = resolveInputs(flow, given, { seal, context, world });
      if (problems.length === 0) return { inputs };
      return problems.map(({ message, kestra }) => kestra ?? message).join('; ');
    } catch (error) {
      if (error instanceof NeedsFact) return { question: error.question };
      return `the inputs of ${namespace}.${flowId}: ${textOf(error)}`;
    }
  }
}
