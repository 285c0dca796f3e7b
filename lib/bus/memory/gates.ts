/** The gates in memory: starts, kills, other messages, claims. The same answers as `redis/lua/`. */
import { Fault } from '../../errors.ts';
import { attemptRef, type ExecutionStart, parseAttemptRef, type Tombstone } from '../../model/execution.ts';
import { MESSAGE_FORMAT, type Message, type NextClaim, type StartMessage } from '../../model/message.ts';
import type { Partition } from '../../model/partition.ts';
import { CLAIM_MS, type ClaimAnswer, type ClaimRequest, type Claims, type RenewAnswer } from '../claims.ts';
import { type Answer, MAILBOX_ENTRIES_MAX, type Mailbox, MESSAGE_BYTES_MAX, MESSAGE_LIFE_MS } from '../mailbox.ts';
import type { Store } from './store.ts';

const RETRY_AFTER_MS = 1_000;

function refuseLate({ clock }: Store, times: readonly number[]): void {
  const nowMs = clock.now();
  const late = times.find((atMs) => Math.abs(nowMs - atMs) > MESSAGE_LIFE_MS);
  if (late !== undefined)
    throw new Fault('bus.messageLate', `expected a time within ${MESSAGE_LIFE_MS} ms of now, got ${late}`);
}

export function memoryMailbox(store: Store): Mailbox {
  return {
    start: async (partition, message, { definition, urgent }) => {
      const space = store.of(partition);
      if (space.documents.has(message.executionId)) return { kind: 'live' };
      const tombstone = space.tombstones.get(message.executionId);
      if (tombstone !== undefined) return { kind: 'ended', state: (JSON.parse(tombstone) as { state: string }).state };
      refuseLate(store, [message.atMs]);
      if (!urgent && space.mail.length >= MAILBOX_ENTRIES_MAX) return { kind: 'full', retryAfterMs: RETRY_AFTER_MS };
      if (!space.definitions.has(message.start.flow.hash)) {
        if (definition === undefined) return { kind: 'definitionMissing' };
        space.definitions.set(message.start.flow.hash, definition);
      }
      store.append(partition, [message]);
      return { kind: 'accepted' };
    },
    kill: async (partition, message) => {
      const space = store.of(partition);
      const start = space.documents.get(message.executionId)?.get('start');
      if (space.tombstones.has(message.executionId)) return 'ended';
      if (start === undefined && !message.caller) return 'unknown';
      if (
        start !== undefined &&
        !message.caller &&
        (JSON.parse(start) as ExecutionStart).incarnation !== message.incarnation
      )
        return 'otherIncarnation';
      space.killing.add(message.executionId);
      store.append(partition, [message]);
      return 'accepted';
    },
    revive: async (partition, { executionId, version, hash, definition, message, fields }) => {
      const space = store.of(partition);
      if (space.documents.has(executionId)) return 'live';
      const tombstone = space.tombstones.get(executionId);
      if (tombstone !== undefined && (JSON.parse(tombstone) as Tombstone).version > version) return 'newer';
      space.documents.set(executionId, new Map(fields));
      if (!space.definitions.has(hash)) space.definitions.set(hash, definition);
      store.append(partition, [message]);
      return 'accepted';
    },
    append: async (partition, messages) => {
      const bytes = JSON.stringify(messages).length;
      if (bytes > MESSAGE_BYTES_MAX * Math.max(1, messages.length))
        throw new Fault('bus.messageTooLarge', `expected at most ${MESSAGE_BYTES_MAX} bytes, got ${bytes}`);
      refuseLate(
        store,
        messages.map(({ atMs }) => atMs),
      );
      store.append(partition, messages);
    },
    answer: async (partition, workerId, answers) => answerAll(store, partition, workerId, answers),
    waitingStart: async (partition, executionId) =>
      store
        .of(partition)
        .mail.flatMap(({ messages }) => messages as readonly Message[])
        .find((message): message is StartMessage => message.kind === 'start' && message.executionId === executionId),
    discard: async (partition, letter) => {
      const { dead } = store.of(partition);
      const at = dead.indexOf(letter);
      if (at >= 0) dead.splice(at, 1);
      return at >= 0;
    },
    depth: async (partition) => store.of(partition).mail.length,
  };
}

export function memoryClaims(store: Store): Claims {
  const listeners = new Set<(refs: readonly string[]) => void>();
  return {
    claim: async (partition, workerId, requests) => {
      const started: Message[] = [];
      const answers = requests.map((request) => claim(store, partition, workerId, request, started));
      if (started.length > 0) store.append(partition, started);
      return answers;
    },
    renew: async (partition, workerId, requests) =>
      requests.map((request) => renew(store, partition, workerId, request)),
    giveBack: async (partition, workerId, requests) => {
      const given = requests.filter(({ ref, delivery, token }) => {
        const claim = store.of(partition).claims.get(ref);
        if (claim?.workerId !== workerId || claim.token !== token || claim.delivery !== delivery) return false;
        store.of(partition).claims.set(ref, { delivery });
        return true;
      });
      const messages = given.map(
        ({ ref, delivery }): Message => ({ ...named(ref, store.clock.now()), kind: 'reoffer', delivery }),
      );
      if (messages.length > 0) store.append(partition, messages);
    },
    inspect: async (partition, refs) =>
      refs.map((ref) => {
        const claim = store.of(partition).claims.get(ref);
        return claim?.workerId === undefined
          ? undefined
          : { workerId: claim.workerId, token: claim.token!, untilMs: claim.untilMs! };
      }),
    hint: (refs) => {
      for (const listener of listeners) listener(refs);
    },
    onHint: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function named(
  ref: string,
  atMs: number,
): { v: number; executionId: string; taskRunId: string; attempt: number; atMs: number } {
  return { v: MESSAGE_FORMAT, atMs, ...parseAttemptRef(ref) };
}

const startedBy = (workerId: string, { ref, delivery, token }: ClaimRequest, atMs: number): Message => ({
  ...named(ref, atMs),
  kind: 'taskStarted',
  delivery,
  token,
  workerId,
});

function claim(
  store: Store,
  partition: Partition,
  workerId: string,
  request: ClaimRequest,
  started: Message[],
): ClaimAnswer {
  const { ref, delivery, token } = request;
  const space = store.of(partition);
  const known = space.claims.get(ref);
  if (!known) return 'closed';
  if (space.killing.has(parseAttemptRef(ref).executionId)) return 'killing';
  if (known.delivery !== delivery) return 'superseded';
  if (known.workerId !== undefined) return known.token === token ? 'granted' : 'claimed';
  space.claims.set(ref, { delivery, workerId, token, untilMs: store.clock.now() + CLAIM_MS });
  if (!request.untold) started.push(startedBy(workerId, request, store.clock.now()));
  return 'granted';
}

function answerAll(store: Store, partition: Partition, workerId: string, answers: readonly Answer[]): boolean[] {
  refuseLate(
    store,
    answers.map(({ message }) => message.atMs),
  );
  const nexts = answers.map((answer) => claimNext(store, partition, workerId, answer));
  store.append(
    partition,
    answers.map(({ message }, n) => ({ ...message, ...(nexts[n] ? { next: nexts[n] } : {}) })),
  );
  return nexts.map((next) => next !== undefined);
}

/** Of a worker that holds the claim before it. */
function claimNext(
  store: Store,
  partition: Partition,
  workerId: string,
  { message, delivery, next }: Answer,
): NextClaim | undefined {
  if (!next) return undefined;
  const { executionId, taskRunId, attempt, token } = message;
  const { claims, killing, still } = store.of(partition);
  const isOurs = (ref: string, ourToken: string): boolean => {
    const known = claims.get(ref);
    return known?.delivery === delivery && known.workerId === workerId && known.token === ourToken;
  };
  const ref = attemptRef(executionId, next.taskRunId, 1);
  const mayClaim = claims.has(ref)
    ? isOurs(ref, next.token)
    : isOurs(attemptRef(executionId, taskRunId, attempt), token);
  if (!mayClaim) return undefined;
  if (killing.has(executionId) || still.has(executionId)) return undefined;
  claims.set(ref, { delivery, workerId, token: next.token, untilMs: store.clock.now() + CLAIM_MS });
  return { ...next, delivery, atMs: message.atMs };
}

function renew(store: Store, partition: Partition, workerId: string, request: ClaimRequest): RenewAnswer {
  const { ref, delivery, token } = request;
  const space = store.of(partition);
  const known = space.claims.get(ref);
  if (!known) return 'closed';
  if (space.killing.has(parseAttemptRef(ref).executionId) || known.delivery !== delivery) return 'revoked';
  if (known.workerId !== undefined && known.token !== token) return 'revoked';
  const retaken = known.workerId === undefined;
  space.claims.set(ref, { delivery, workerId, token, untilMs: store.clock.now() + CLAIM_MS });
  if (retaken) store.append(partition, [startedBy(workerId, request, store.clock.now())]);
  return retaken ? 'retaken' : 'held';
}
