/**
 * Flows: read from their actors' documents and kept until their feed says otherwise; saved and deleted by a message to the
 * actor, whose answer is an event.
 */
import { randomBytes } from 'node:crypto';
import type { Bus } from '../../../lib/bus/bus.ts';
import type { FlowEvent } from '../../../lib/bus/feed.ts';
import { MESSAGE_BYTES_MAX } from '../../../lib/bus/mailbox.ts';
import { Fault } from '../../../lib/errors.ts';
import type { FlowDocument, FlowRevision } from '../../../lib/flow/actor.ts';
import { definitionOf } from '../../../lib/flow/definition.ts';
import { parseFlow } from '../../../lib/flow/parse.ts';
import type { Catalogue } from '../../../lib/model/catalogue.ts';
import type { ExecutionStart } from '../../../lib/model/execution.ts';
import { type Flow, type FlowName, TENANT } from '../../../lib/model/flow.ts';
import { idOf } from '../../../lib/model/ids.ts';
import { type FlowMessage, MESSAGE_FORMAT } from '../../../lib/model/message.ts';
import { executionPartition, flowKey, flowPartition } from '../../../lib/model/partition.ts';
import type { Problem } from '../../../lib/model/problem.ts';
import { invalidFlow } from '../refusals.ts';
import type { FeedHub } from './feed-hub.ts';

const ANSWER_MS = 10_000;
/** Redis is looked for this often while an answer is waited for. */
const SIGHT_MS = 500;
/** Of a source as JSON, escapes included: the message that saves it says a little more. */
const SOURCE_BYTES_MAX = MESSAGE_BYTES_MAX - 4 * 1024;
const SILENCE = `expected an executor to answer within ${ANSWER_MS / 1_000} s, got nothing: does one run?`;
const LOST_SIGHT = 'expected Redis until the flow was saved, got it away: read the flow to see whether it was';
const KEPT_MAX = 2_000;

export interface KnownFlow {
  readonly document: FlowDocument;
  /** Undefined where the source needs a plugin that is not here any more. */
  readonly flow?: Flow;
}

/** A flow as an execution runs it. */
export interface Defined {
  readonly flow: Flow;
  readonly definition: string;
  readonly revision: number;
}

interface Kept {
  readonly known: KnownFlow;
  readonly forget: () => void;
}

export class Flows {
  readonly #bus: Bus;
  readonly #hub: FeedHub;
  readonly #catalogue: Catalogue;
  readonly #globals: readonly unknown[];
  readonly #kept = new Map<string, Kept>();

  /** `globals` are the plugin defaults of the configuration. */
  constructor(bus: Bus, hub: FeedHub, catalogue: Catalogue, globals: readonly unknown[]) {
    this.#bus = bus;
    this.#hub = hub;
    this.#catalogue = catalogue;
    this.#globals = globals;
  }

  /** What a partition keeps of a source, and what a hash of ours is of. */
  definition(source: string): string {
    return definitionOf(source, this.#globals);
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  /** Undefined where there never was one. A deleted one is given too: see `document.deleted`. */
  async find(name: FlowName): Promise<KnownFlow | undefined> {
    const key = flowKey(name);
    return this.#kept.get(key)?.known ?? this.#read(name, key);
  }

  /** Throws `flow.unknown`, also for one that was deleted. */
  async read(name: FlowName): Promise<KnownFlow> {
    const known = await this.find(name);
    if (!known || known.document.deleted) throw unknownFlow(name);
    return known;
  }

  async revision(name: FlowName, revision: number): Promise<FlowRevision | undefined> {
    const [json] = await this.#bus.documents.fields(flowPartition(name, this.#bus.partitions), flowKey(name), [
      `r:${revision}`,
    ]);
    return json === undefined ? undefined : (JSON.parse(json) as FlowRevision);
  }

  async revisions(name: FlowName): Promise<readonly FlowRevision[]> {
    const fields = await this.#bus.documents.read(flowPartition(name, this.#bus.partitions), flowKey(name));
    const revisions = [...(fields ?? [])].flatMap(([field, json]) =>
      field.startsWith('r:') ? [JSON.parse(json) as FlowRevision] : [],
    );
    return revisions.sort((a, b) => a.revision - b.revision);
  }

  /**
   * Throws `flow.invalid`, `flow.exists`, `flow.unknown`; `named`, where given, is what the source must be called. What will
   * be refused is refused before anything is asked of the actor, so that it leaves no trace; the actor's word counts where
   * two ask at once.
   */
  async save(
    source: string,
    mode: 'create' | 'update' | 'upsert',
    principal: string,
    named?: FlowName,
  ): Promise<{ readonly flow: Flow; readonly revision: number }> {
    if (named && mode === 'update' && !(await this.#isThere(named))) throw unknownFlow(named);
    const { flow, problems } = this.parse(source);
    if (!flow) throw invalidFlow(problems);
    if (named && flowKey(named) !== flowKey(flow)) throw invalidFlow(otherName(named, flow));
    if (mode === 'create' && (await this.#isThere(flow))) throw existingFlow(flow);
    const event = await this.#ask(flow, (request, atMs) => ({
      v: MESSAGE_FORMAT,
      kind: 'saveFlow',
      atMs,
      flowId: flowKey(flow),
      request,
      source,
      hash: flow.hash,
      mode,
      principal,
    }));
    if (event.outcome === 'exists') throw existingFlow(flow);
    if (event.outcome === 'unknown') throw unknownFlow(flow);
    return { flow, revision: event.revision! };
  }

  /** Throws `flow.unknown`. */
  async remove(name: FlowName, principal: string): Promise<void> {
    if (!(await this.#isThere(name))) throw unknownFlow(name);
    const event = await this.#ask(name, (request, atMs) => ({
      v: MESSAGE_FORMAT,
      kind: 'deleteFlow',
      atMs,
      flowId: flowKey(name),
      request,
      principal,
    }));
    if (event.outcome === 'unknown') throw unknownFlow(name);
  }

  /**
   * What an execution runs: the definition that its partition keeps, or that of its revision where it keeps none any more.
   * Throws `flow.unknown`, `flow.invalid`.
   */
  async ofExecution({ id, flow: ref }: Pick<ExecutionStart, 'id' | 'flow'>): Promise<Defined> {
    const partition = executionPartition(id, this.#bus.partitions);
    const kept = await this.#bus.documents.definition(partition, ref.hash);
    return kept === undefined ? this.ofRevision(ref, ref.revision) : this.#defined(kept, ref.revision);
  }

  /** Throws `flow.unknown`, `flow.invalid`. */
  async ofRevision(name: FlowName, revision: number): Promise<Defined> {
    const found = await this.revision(name, revision);
    if (!found) throw new Fault('flow.unknown', `expected a revision of ${name.namespace}.${name.id}, got ${revision}`);
    return this.#defined(this.definition(found.source), revision);
  }

  #defined(definition: string, revision: number): Defined {
    const { flow, problems } = parseFlow(definition, this.#catalogue, { tenant: TENANT });
    if (!flow) throw invalidFlow(problems);
    return { flow, definition, revision };
  }

  /** The size comes first: a source that cannot be saved is not worth the time to parse it. */
  parse(source: string): ReturnType<typeof parseFlow> {
    const bytes = Buffer.byteLength(JSON.stringify(source));
    if (bytes <= SOURCE_BYTES_MAX) return this.#parsed(source);
    const [expected, got] = [`at most ${SOURCE_BYTES_MAX} bytes, as JSON`, `${bytes}`];
    return { problems: [{ severity: 'error', path: '', message: `expected ${expected}, got ${got}`, expected, got }] };
  }

  #parsed(source: string): ReturnType<typeof parseFlow> {
    return parseFlow(this.definition(source), this.#catalogue, { tenant: TENANT });
  }

  /** As Redis has it now: what is kept may be behind what another webserver has just saved or deleted. */
  async #isThere(name: FlowName): Promise<boolean> {
    const [json] = await this.#bus.documents.fields(flowPartition(name, this.#bus.partitions), flowKey(name), ['head']);
    return json !== undefined && !(JSON.parse(json) as FlowDocument).deleted;
  }

  async #ask(name: FlowName, message: (request: string, atMs: number) => FlowMessage): Promise<FlowEvent> {
    const partition = flowPartition(name, this.#bus.partitions);
    const request = idOf(randomBytes(16));
    const answered = Promise.withResolvers<FlowEvent>();
    // A refusal may come while the message is still on its way: it is heard below, and must not count as unheard till then.
    answered.promise.catch(() => {});
    const onEvent = (_: string, json: string) => {
      if (json.includes(request)) answered.resolve(JSON.parse(json) as FlowEvent);
    };
    const refuse = (detail: string) => answered.reject(new Fault('bus.unavailable', detail));
    const forget = await this.#hub.watch(partition, flowKey(name), { onEvent, onGap: () => {} });
    const late = setTimeout(() => refuse(SILENCE), ANSWER_MS);
    const away = setInterval(() => this.#bus.sightMs() === 0 && refuse(LOST_SIGHT), SIGHT_MS);
    try {
      await this.#bus.mailbox.append(partition, [message(request, await this.#bus.now())]);
      const event = await answered.promise;
      this.#drop(flowKey(name));
      return event;
    } finally {
      clearTimeout(late);
      clearInterval(away);
      forget();
    }
  }

  /** Watched before it is read: what changes meanwhile is not kept. */
  async #read(name: FlowName, key: string): Promise<KnownFlow | undefined> {
    const partition = flowPartition(name, this.#bus.partitions);
    let changed = false;
    const onChange = () => {
      changed = true;
      this.#drop(key);
    };
    const forget = await this.#hub.watch(partition, key, { onEvent: onChange, onGap: onChange });
    let known: KnownFlow | undefined;
    try {
      const [json] = await this.#bus.documents.fields(partition, key, ['head']);
      if (json === undefined) return undefined;
      const document = JSON.parse(json) as FlowDocument;
      const { flow } = this.#parsed(document.source);
      known = { document, ...(flow ? { flow } : {}) };
      return known;
    } finally {
      if (!known || changed || this.#kept.has(key)) forget();
      else this.#keep(key, { known, forget });
    }
  }

  #keep(key: string, kept: Kept): void {
    if (this.#kept.size >= KEPT_MAX) this.#drop(this.#kept.keys().next().value!);
    this.#kept.set(key, kept);
  }

  #drop(key: string): void {
    this.#kept.get(key)?.forget();
    this.#kept.delete(key);
  }
}

export const unknownFlow = ({ namespace, id }: Pick<FlowName, 'namespace' | 'id'>): Fault =>
  new Fault('flow.unknown', `expected a flow, got ${namespace}.${id}`);

const existingFlow = ({ namespace, id }: FlowName): Fault =>
  new Fault('flow.exists', `expected a new id in ${namespace}, got ${id}`, {
    problems: [
      {
        severity: 'error',
        path: 'id',
        message: `expected a new id, got ${id}, which exists`,
        kestra: 'Flow id already exists',
      },
    ],
  });

/** A flow keeps its name: another one is another flow. */
const otherName = (named: FlowName, flow: FlowName): readonly Problem[] =>
  (['id', 'namespace'] as const)
    .filter((part) => named[part] !== flow[part])
    .map((part) => ({
      severity: 'error',
      path: part,
      message: `expected ${named.namespace}.${named.id} as in the address, got ${flow.namespace}.${flow.id}`,
      expected: named[part],
      got: flow[part],
      kestra: `flow.${part}: Illegal flow ${part} update`,
    }));
