/**
 * Starts: what a tick asks for, kept in the timetable's outbox until it is surely there. A start is sent until it is
 * accepted, and once more 30 s later (a failover may have lost the mailbox's last second); its name makes it one start.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import { isFault, textOf } from '../../lib/errors.ts';
import { renderAll, renderText, type World } from '../../lib/expression/render.ts';
import { seededRandom } from '../../lib/expression/world.ts';
import { resolveInputs } from '../../lib/flow/inputs.ts';
import type { Log } from '../../lib/log.ts';
import { inputPlace } from '../../lib/model/envelope.ts';
import type { ExecutionStart } from '../../lib/model/execution.ts';
import type { Flow, Labels } from '../../lib/model/flow.ts';
import { derivedId, timeLed } from '../../lib/model/ids.ts';
import { type Installation, NO_INSTALLATION } from '../../lib/model/installation.ts';
import { MESSAGE_FORMAT, type StartMessage } from '../../lib/model/message.ts';
import { executionPartition } from '../../lib/model/partition.ts';
import type { Answer, Question } from '../../lib/model/question.ts';
import type { Cipher } from '../../lib/secret/cipher.ts';
import { scheduleOf } from '../../lib/trigger/schedule.ts';
import { type TriggerState, triggerUid, variablesOf } from './ticks.ts';

const REMEMBER_S = 86_400;
const SEND_AGAIN_MS = 30_000;
const SENT_AT_ONCE = 200;
const SENT_PER_TICK_MAX = 2_000;

/** In the outbox, as JSON under the execution's id. */
export interface Parcel {
  readonly start: ExecutionStart;
  readonly labels: Labels;
  /** The definition that `start.flow.hash` names. */
  readonly source: string;
}

interface Tick {
  readonly atMs: number;
  readonly nowMs: number;
  readonly timezone: string;
  readonly cipher?: Cipher;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly installation?: Installation;
}

/** What a tick asks for: the same whenever it is asked, so a tick done twice is one start. Throws where inputs or labels cannot be made. */
export function parcelOf(
  state: TriggerState,
  { flow, text }: { readonly flow: Flow; readonly text: string },
  tick: Tick,
): readonly [name: string, parcel: Parcel] {
  const schedule = scheduleOf(state.trigger);
  const timeZone = schedule.timezone ?? tick.timezone;
  const id = timeLed(tick.atMs, derivedId('trigger', triggerUid(state.flow, state.trigger.id), tick.atMs));
  const variables = variablesOf(schedule, timeZone, tick.atMs);
  const { namespace, id: flowId, revision, tenant } = state.flow;
  const { cipher, secrets = {}, installation: { envs, globals } = NO_INSTALLATION } = tick;
  const context = {
    flow: { id: flowId, namespace, revision, tenantId: tenant },
    trigger: variables,
    vars: flow.variables,
    envs,
    globals,
  };
  // Dice that go on from one rendering to the next, as if it were one.
  const answer = (question: Question) => answerOf(question, secrets);
  const world: World = { nowMs: tick.atMs, timeZone, random: seededRandom(id), answer };
  const given = renderAll(schedule.inputs, context, world) as Record<string, unknown>;
  const { inputs, problems } = resolveInputs(flow, given, {
    context,
    world,
    ...(cipher ? { seal: (inputId, value) => cipher.seal(inputPlace(id, inputId), value) } : {}),
  });
  if (problems.length > 0) throw new TypeError(problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const labels: Record<string, string> = { ...flow.labels };
  for (const [key, value] of Object.entries(schedule.labels))
    labels[key] = renderText(value, { ...context, inputs }, world);
  labels['system.correlationId'] = id;
  labels['system.from'] = 'trigger';
  const start: ExecutionStart = {
    id,
    flow: { ...state.flow, hash: flow.hash },
    inputs,
    trigger: { id: state.trigger.id, type: state.trigger.type, variables },
    originalId: id,
    scheduleDateMs: tick.atMs,
    principal: 'trigger',
    createdAtMs: tick.nowMs,
    incarnation: 0,
  };
  return [id, { start, labels, source: text }];
}

/** A tick waits for nothing, and gives the same whenever it is asked. */
function answerOf({ kind, args }: Question, secrets: Readonly<Record<string, string>>): Answer {
  if (kind !== 'secret') return { refused: `expected what a trigger can say at once, got ${kind}()` };
  const key = String(args.key).toUpperCase();
  return Object.hasOwn(secrets, key)
    ? { value: secrets[key] }
    : { missing: `Cannot find secret for key '${String(args.key)}'` };
}

interface Waiting {
  readonly parcel: Parcel;
  acceptedMs?: number;
}

/** The outbox of a leader, in memory as it is on the bus. */
export class Outbox {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #waiting = new Map<string, Waiting>();

  constructor(bus: Bus, log: Log, kept: readonly (readonly [name: string, json: string])[]) {
    this.#bus = bus;
    this.#log = log;
    for (const [name, json] of kept) this.#waiting.set(name, { parcel: JSON.parse(json) as Parcel });
  }

  /** Those that nobody has accepted yet. */
  get unsent(): number {
    let count = 0;
    for (const { acceptedMs } of this.#waiting.values()) if (acceptedMs === undefined) count++;
    return count;
  }

  add(name: string, parcel: Parcel): void {
    this.#waiting.set(name, { parcel });
  }

  drop(names: readonly string[]): void {
    for (const name of names) this.#waiting.delete(name);
  }

  /** Sends what is to be sent now; returns the names that are done with. */
  async send(nowMs: number): Promise<readonly string[]> {
    const due = [...this.#waiting]
      .filter(([, { acceptedMs }]) => acceptedMs === undefined || acceptedMs + SEND_AGAIN_MS <= nowMs)
      .slice(0, SENT_PER_TICK_MAX);
    const done: string[] = [];
    for (let n = 0; n < due.length; n += SENT_AT_ONCE) {
      const ends = await Promise.allSettled(
        due
          .slice(n, n + SENT_AT_ONCE)
          .map(async ([name, waiting]) => ((await this.#sendOne(name, waiting, nowMs)) ? done.push(name) : 0)),
      );
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    }
    return done;
  }

  async #sendOne(name: string, waiting: Waiting, nowMs: number): Promise<boolean> {
    const { start, labels, source } = waiting.parcel;
    const message: StartMessage = {
      v: MESSAGE_FORMAT,
      kind: 'start',
      executionId: name,
      atMs: nowMs,
      start,
      labels,
      rememberS: REMEMBER_S,
    };
    const partition = executionPartition(name, this.#bus.partitions);
    try {
      let answer = await this.#bus.mailbox.start(partition, message, {});
      if (answer.kind === 'definitionMissing')
        answer = await this.#bus.mailbox.start(partition, message, { definition: source });
      if (answer.kind === 'full' || answer.kind === 'definitionMissing') return false;
    } catch (error) {
      if (!isFault(error) || error.retry) throw error;
      this.#log.error(
        { execution: name, namespace: start.flow.namespace, flow: start.flow.id, reason: textOf(error) },
        'a start of a trigger is refused',
      );
      return true;
    }
    if (waiting.acceptedMs !== undefined) return true;
    waiting.acceptedMs = nowMs;
    return false;
  }
}
