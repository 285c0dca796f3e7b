/**
 * Starting an execution: inputs and labels are judged here, so that nothing wrong reaches a mailbox; files are stored and
 * secrets sealed under its name; the start is named, so that asking twice under one Idempotency-Key is asking once.
 */
import { randomBytes } from 'node:crypto';
import type { Bus } from '../../../lib/bus/bus.ts';
import type { BusTime } from '../../../lib/bus/bus-time.ts';
import type { StartAnswer } from '../../../lib/bus/mailbox.ts';
import { Fault, isFault } from '../../../lib/errors.ts';
import { type ResolvedInput, type ResolvedInputs, resolveInputs } from '../../../lib/flow/inputs.ts';
import { inputPlace } from '../../../lib/model/envelope.ts';
import type { ExecutionStart } from '../../../lib/model/execution.ts';
import { type Flow, type FlowName, TENANT } from '../../../lib/model/flow.ts';
import { derivedId, idOf, timeLed } from '../../../lib/model/ids.ts';
import type { Installation } from '../../../lib/model/installation.ts';
import { MESSAGE_FORMAT, type StartMessage } from '../../../lib/model/message.ts';
import { executionPartition, flowKey } from '../../../lib/model/partition.ts';
import type { Cipher } from '../../../lib/secret/cipher.ts';
import type { Storage } from '../../../lib/storage/storage.ts';
import { answererOf } from '../../../lib/task/answer/answerer.ts';
import { Facts } from '../../../lib/task/facts.ts';
import { HttpConnector } from '../../../lib/task/http/connector.ts';
import type { Form } from '../form.ts';
import { invalidFlow, listOf } from '../refusals.ts';
import { faultIn, longIn } from '../value.ts';
import { Ending } from './ending.ts';
import { createdOf, type Snapshot } from './executions.ts';
import type { Flows } from './flows.ts';
import { CORRELATION_LABEL, labelsOf } from './given-labels.ts';
import type { Followed } from './live.ts';
import { Uploads } from './uploads.ts';

const REMEMBER_S = 24 * 60 * 60;
const KEY_CHARS_MAX = 255;
/** A key that begins with a time gives an id that does. */
const UUID_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** What the inputs of one start may ask for, all together. */
const FACTS_MS_MAX = 20_000;

export interface StartAsked {
  readonly name: FlowName;
  readonly revision?: number;
  /** Texts of a form, or values of a JSON body; files are taken as they come. */
  readonly given: (form: Form) => Promise<Readonly<Record<string, unknown>>>;
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly principal: string;
  /** Not before this. */
  readonly scheduleDateMs?: number;
  readonly idempotencyKey?: string;
}

export interface StartParts {
  readonly bus: Bus;
  readonly time: BusTime;
  readonly flows: Flows;
  readonly followed: Followed;
  readonly storage: Storage;
  readonly cipher: Cipher;
  readonly installation: Installation;
  /** Of the environment, in clear, by their names in capitals: for defaults of SECRET inputs. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Expressions of inputs may reach loopback and private addresses. */
  readonly httpAllowPrivate: boolean;
  /** Of the files of one start together. */
  readonly uploadBytesMax: number;
}

/** What is sent, and the files that came with it. */
interface Prepared {
  readonly message: StartMessage;
  readonly definition: string;
  readonly uploads?: Uploads;
}

interface Definition {
  readonly flow: Flow;
  readonly source: string;
  readonly revision: number;
}

export class Starts {
  readonly #parts: StartParts;
  readonly #bus: Bus;
  readonly #time: BusTime;
  readonly #flows: Flows;
  readonly #followed: Followed;

  constructor(parts: StartParts) {
    this.#parts = parts;
    this.#bus = parts.bus;
    this.#time = parts.time;
    this.#flows = parts.flows;
    this.#followed = parts.followed;
  }

  /**
   * The execution, as it was asked for; where it had been started before under the same key, as it is. Throws
   * `flow.unknown`, `flow.disabled`, `input.invalid`, `label.invalid`, `request.tooLarge`, `bus.full`.
   */
  async start(asked: StartAsked): Promise<Snapshot> {
    const [id, prepared] = await this.#prepare(asked);
    const isFirst = prepared !== undefined && (await this.#send(prepared));
    return isFirst ? createdOf(prepared.message) : this.#followed.executions.read(id);
  }

  /** The same, and its end; what there is when `signal` fires first. `brief` leaves out the task runs. */
  async startAndWait(
    asked: StartAsked,
    { signal, brief }: { readonly signal: AbortSignal; readonly brief: boolean },
  ): Promise<Snapshot> {
    const [id, prepared] = await this.#prepare(asked);
    const ending = await Ending.watch(this.#followed, id);
    try {
      if (!prepared || !(await this.#send(prepared))) ending.doubt();
      const end = await ending.come({ signal });
      return brief ? end : await this.#followed.executions.read(id);
    } finally {
      ending.close();
    }
  }

  /** Each input as a start would have it; nothing is kept. Throws `flow.unknown`. */
  async judge(asked: Pick<StartAsked, 'name' | 'revision' | 'given'>): Promise<readonly ResolvedInput[]> {
    const { flow, revision } = await this.#definition(asked.name, asked.revision);
    return this.judged({ flow, revision, id: this.newId() }, asked);
  }

  /** A fresh id for an execution. */
  newId(): string {
    return timeLed(this.#time.now(), idOf(randomBytes(16)));
  }

  /** Its id, and what is to be sent; only the id where it was started before. */
  async #prepare(asked: StartAsked): Promise<readonly [id: string, prepared?: Prepared]> {
    const { flow, source, revision } = await this.#definition(asked.name, asked.revision);
    if (flow.disabled) throw new Fault('flow.disabled', `expected an enabled flow, got ${flow.namespace}.${flow.id}`);
    const given = labelsOf(asked.labels);
    const id = nameOf(asked) ?? this.newId();
    // Its files are there already, and must stay what they are.
    if (asked.idempotencyKey !== undefined && (await this.#followed.executions.find(id))) return [id];
    const uploads = this.#uploads({ flow, revision, id });
    const inputs = await this.#inputs({ flow, revision, id }, asked, uploads);
    const atMs = this.#time.now();
    const start: ExecutionStart = {
      id,
      flow: { ...asked.name, revision, hash: flow.hash },
      inputs,
      originalId: id,
      principal: asked.principal,
      createdAtMs: atMs,
      incarnation: 0,
      ...(asked.scheduleDateMs === undefined ? {} : { scheduleDateMs: asked.scheduleDateMs }),
    };
    const labels = { ...flow.labels, [CORRELATION_LABEL]: id, ...given };
    const rememberS = asked.idempotencyKey === undefined ? undefined : REMEMBER_S;
    const message: StartMessage = { v: MESSAGE_FORMAT, kind: 'start', executionId: id, atMs, start, labels, rememberS };
    return [id, { message, definition: this.#flows.definition(source), uploads }];
  }

  /** The inputs of a flow, or of a task that asks. Throws `input.invalid`; then no file is left. */
  async inputs(begin: Begin, asked: Pick<StartAsked, 'given'>): Promise<ExecutionStart['inputs']> {
    return this.#inputs(begin, asked, this.#uploads(begin));
  }

  /** Each input of a task that asks, as it would be taken; nothing is kept. */
  async judged(begin: Begin, asked: Pick<StartAsked, 'given'>): Promise<readonly ResolvedInput[]> {
    const uploads = new Uploads(begin.flow, begin.id, { bytesMax: this.#parts.uploadBytesMax });
    const { each } = await this.#resolved(begin, await asked.given(uploads));
    return each.map((resolved) => {
      const problems = uploads.problems.filter(({ path }) => path === `inputs.${resolved.input.id}`);
      return problems.length > 0 ? { ...resolved, problems } : resolved;
    });
  }

  /** A start that was put together elsewhere: no file came with it, or they are kept whatever becomes of it. */
  async begin(message: StartMessage, definition: string): Promise<Snapshot> {
    await this.#send({ message, definition });
    return createdOf(message);
  }

  #uploads({ flow, id }: Begin): Uploads {
    return new Uploads(flow, id, { storage: this.#parts.storage, bytesMax: this.#parts.uploadBytesMax });
  }

  async #inputs(begin: Begin, asked: Pick<StartAsked, 'given'>, uploads: Uploads): Promise<ExecutionStart['inputs']> {
    try {
      const { inputs, problems } = await this.#resolved(begin, await asked.given(uploads));
      const empty = new Set(uploads.problems.map(({ path }) => path));
      const all = [...uploads.problems, ...problems.filter(({ path }) => !empty.has(path))];
      if (all.length > 0) throw new Fault('input.invalid', listOf(all), { problems: all });
      const message = faultIn(inputs);
      if (message !== undefined) throw refusedInputs(message);
      return inputs;
    } catch (error) {
      await uploads.discard();
      throw error;
    }
  }

  /** What defaults, conditions and choices ask is found out here. */
  async #resolved({ flow, revision, id }: Begin, given: Readonly<Record<string, unknown>>): Promise<ResolvedInputs> {
    const { cipher, secrets, storage, installation, httpAllowPrivate } = this.#parts;
    const { envs, globals, timeZone } = installation;
    const long = longIn(given);
    if (long !== undefined) throw refusedInputs(long);
    const nowMs = this.#time.now();
    const context = {
      flow: { id: flow.id, namespace: flow.namespace, revision, tenantId: flow.tenant },
      execution: { id, originalId: id, startDate: new Date(nowMs).toISOString() },
      vars: flow.variables,
      envs,
      globals,
    };
    let http: HttpConnector | undefined;
    const reached = () =>
      (http ??= new HttpConnector({ allowPrivate: httpAllowPrivate }, AbortSignal.timeout(FACTS_MS_MAX)));
    const kin = [{ namespace: flow.namespace, flowId: flow.id, executionId: id }];
    const secret = (key: string) => (Object.hasOwn(secrets, key) ? secrets[key] : undefined);
    const answerer = () => answererOf({ tenant: flow.tenant, kin: () => kin, storage, http: reached, secret });
    const facts = new Facts({ answerer, timeZone, now: () => nowMs });
    const seal = (inputId: string, text: string): unknown => cipher.seal(inputPlace(id, inputId), text);
    try {
      return await facts.wait((world) => resolveInputs(flow, given, { context, seal, world }));
    } finally {
      http?.close();
    }
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
  async #send({ message, definition, uploads }: Prepared): Promise<boolean> {
    let answer: StartAnswer;
    try {
      answer = await this.#append(message);
      if (answer.kind === 'definitionMissing') answer = await this.#append(message, definition);
    } catch (error) {
      // Where the bus went away it may have been accepted: then its files must be there.
      if (isFault(error, 'bus.messageTooLarge')) await uploads?.discard();
      throw error;
    }
    if (answer.kind !== 'full' && answer.kind !== 'definitionMissing') return answer.kind === 'accepted';
    await uploads?.discard();
    throw new Fault('bus.full', 'expected room for one more execution, got a full mailbox: ask again in a second');
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

export interface Begin {
  readonly flow: Flow;
  readonly revision: number;
  readonly id: string;
}

const refusedInputs = (message: string): Fault =>
  new Fault('input.invalid', `inputs: ${message}`, { problems: [{ severity: 'error', path: 'inputs', message }] });

/** Throws `flow.invalid`: it needs what is not here any more. */
function runnable(flows: Flows, source: string): Flow {
  const { flow, problems } = flows.parse(source);
  if (flow) return flow;
  throw invalidFlow(problems);
}

/** The same for the same key. */
function nameOf({ name, principal, idempotencyKey }: StartAsked): string | undefined {
  if (idempotencyKey === undefined) return undefined;
  if (idempotencyKey === '' || idempotencyKey.length > KEY_CHARS_MAX)
    throw new Fault(
      'request.invalid',
      `Idempotency-Key: expected 1 to ${KEY_CHARS_MAX} characters, got ${idempotencyKey.length}`,
    );
  const id = derivedId('request', TENANT, flowKey(name), principal, idempotencyKey);
  const time = UUID_7.exec(idempotencyKey);
  return time ? timeLed(Number.parseInt(time[1]! + time[2]!, 16), id) : id;
}
