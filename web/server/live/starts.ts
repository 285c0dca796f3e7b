/**
 * Starting an execution: inputs and labels are judged here, so that nothing wrong reaches a mailbox; the start is named, so
 * that asking twice under one Idempotency-Key is asking once.
 */
import { randomBytes } from 'node:crypto';
import type { Bus } from '../../../lib/bus/bus.ts';
import type { BusTime } from '../../../lib/bus/bus-time.ts';
import type { StartAnswer } from '../../../lib/bus/mailbox.ts';
import { Fault, isFault } from '../../../lib/errors.ts';
import { resolveInputs } from '../../../lib/flow/inputs.ts';
import { systemLabelText } from '../../../lib/flow/labels.ts';
import type { ExecutionStart } from '../../../lib/model/execution.ts';
import { type Flow, type FlowName, type Labels, TENANT } from '../../../lib/model/flow.ts';
import { derivedId, idOf } from '../../../lib/model/ids.ts';
import { MESSAGE_FORMAT, type StartMessage } from '../../../lib/model/message.ts';
import { executionPartition, flowKey } from '../../../lib/model/partition.ts';
import { invalidFlow, listOf } from '../refusals.ts';
import { faultIn } from '../value.ts';
import { createdOf, type Snapshot } from './executions.ts';
import type { Flows } from './flows.ts';
import { type Followed, Live } from './live.ts';

const REMEMBER_S = 24 * 60 * 60;
const KEY_CHARS_MAX = 255;
export const CORRELATION_LABEL = 'system.correlationId';

export interface StartAsked {
  readonly name: FlowName;
  readonly revision?: number;
  /** Texts of a form, or values of a JSON body. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly principal: string;
  readonly idempotencyKey?: string;
}

interface Definition {
  readonly flow: Flow;
  readonly source: string;
  readonly revision: number;
}

export class Starts {
  readonly #bus: Bus;
  readonly #time: BusTime;
  readonly #flows: Flows;
  readonly #followed: Followed;

  constructor(bus: Bus, time: BusTime, flows: Flows, followed: Followed) {
    this.#bus = bus;
    this.#time = time;
    this.#flows = flows;
    this.#followed = followed;
  }

  /**
   * The execution, as it was asked for; where it had been started before under the same key, as it is. Throws
   * `flow.unknown`, `flow.disabled`, `input.invalid`, `label.invalid`, `bus.full`.
   */
  async start(asked: StartAsked): Promise<Snapshot> {
    const [message, source] = await this.#message(asked);
    return (await this.#send(message, source))
      ? createdOf(message)
      : this.#followed.executions.read(message.executionId);
  }

  /** The same, and its end; what there is when `signal` fires first. */
  async startAndWait(asked: StartAsked, signal: AbortSignal): Promise<Snapshot> {
    const [message, source] = await this.#message(asked);
    const live = await Live.watch(this.#followed, message.executionId);
    try {
      if (await this.#send(message, source)) live.begin(createdOf(message));
      return await live.end({ signal });
    } finally {
      live.close();
    }
  }

  async #message(asked: StartAsked): Promise<readonly [StartMessage, source: string]> {
    const { flow, source, revision } = await this.#definition(asked.name, asked.revision);
    if (flow.disabled) throw new Fault('flow.disabled', `expected an enabled flow, got ${flow.namespace}.${flow.id}`);
    const given = labelsOf(asked.labels);
    const inputs = inputsOf(flow, asked.inputs);
    const id = nameOf(asked);
    const atMs = this.#time.now();
    const start: ExecutionStart = {
      id,
      flow: { ...asked.name, revision, hash: flow.hash },
      inputs,
      originalId: id,
      principal: asked.principal,
      createdAtMs: atMs,
      incarnation: 0,
    };
    const labels = { ...flow.labels, [CORRELATION_LABEL]: id, ...given };
    const rememberS = asked.idempotencyKey === undefined ? undefined : REMEMBER_S;
    return [{ v: MESSAGE_FORMAT, kind: 'start', executionId: id, atMs, start, labels, rememberS }, source];
  }

  async #definition(name: FlowName, revision: number | undefined): Promise<Definition> {
    const { document, flow } = await this.#flows.read(name);
    if (revision === undefined || revision === document.revision)
      return {
        flow: flow ?? runnable(this.#flows, document.source),
        source: document.source,
        revision: document.revision,
      };
    const found = await this.#flows.revision(name, revision);
    if (!found) throw new Fault('flow.unknown', `expected a revision of ${name.namespace}.${name.id}, got ${revision}`);
    return { flow: runnable(this.#flows, found.source), source: found.source, revision };
  }

  /** True if this start is the first of its name. */
  async #send(message: StartMessage, definition: string): Promise<boolean> {
    let answer = await this.#append(message);
    if (answer.kind === 'definitionMissing') answer = await this.#append(message, definition);
    if (answer.kind === 'full' || answer.kind === 'definitionMissing')
      throw new Fault('bus.full', 'expected room for one more execution, got a full mailbox: ask again in a second');
    return answer.kind === 'accepted';
  }

  async #append(message: StartMessage, definition?: string): Promise<StartAnswer> {
    const partition = executionPartition(message.executionId, this.#bus.partitions);
    try {
      return await this.#bus.mailbox.start(partition, message, { definition });
    } catch (error) {
      if (!isFault(error, 'bus.messageLate')) throw error;
      // A clock has been set since it was last looked at.
      await this.#time.refresh();
      return this.#bus.mailbox.start(partition, { ...message, atMs: this.#time.now() }, { definition });
    }
  }
}

/** Throws `input.invalid`. */
function inputsOf(flow: Flow, given: StartAsked['inputs']): Readonly<Record<string, unknown>> {
  const { inputs, problems } = resolveInputs(flow, given);
  if (problems.length > 0) throw new Fault('input.invalid', listOf(problems), { problems });
  const message = faultIn(inputs);
  if (message !== undefined)
    throw new Fault('input.invalid', `inputs: ${message}`, {
      problems: [{ severity: 'error', path: 'inputs', message }],
    });
  return inputs;
}

/** Throws `flow.invalid`: it needs what is not here any more. */
function runnable(flows: Flows, source: string): Flow {
  const { flow, problems } = flows.parse(source);
  if (flow) return flow;
  throw invalidFlow(problems);
}

function nameOf({ name, principal, idempotencyKey }: StartAsked): string {
  if (idempotencyKey === undefined) return idOf(randomBytes(16));
  if (idempotencyKey === '' || idempotencyKey.length > KEY_CHARS_MAX)
    throw new Fault(
      'request.invalid',
      `Idempotency-Key: expected 1 to ${KEY_CHARS_MAX} characters, got ${idempotencyKey.length}`,
    );
  return derivedId('request', TENANT, flowKey(name), principal, idempotencyKey);
}

function labelsOf(given: StartAsked['labels']): Labels {
  const labels: Record<string, string> = {};
  for (const [key, value] of given) {
    // A map takes it for its prototype, and has no such key afterwards.
    if (key === '__proto__') throw refused('expected another key, got __proto__');
    if (key === '' || value === '')
      throw refused(
        `expected key:value with both, got ${JSON.stringify(`${key}:${value}`)}`,
        'Invalid labels: the label key or value cannot be empty',
      );
    const kestra = key === CORRELATION_LABEL ? undefined : systemLabelText(key, value);
    if (kestra) throw refused(`expected labels without system., got ${key}`, kestra);
    labels[key] = value;
  }
  return labels;
}

const refused = (message: string, kestra?: string): Fault =>
  new Fault('label.invalid', message, { problems: [{ severity: 'error', path: 'labels', message, kestra }] });
