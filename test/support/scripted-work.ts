/**
 * A bus for one worker, held by the test: executions, claims and parcels are put in, lines and messages come out. Faults are
 * scripted: away, slow, revoked, rolled back.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import type { ClaimAnswer, ClaimRequest, Claims, RenewAnswer } from '../../lib/bus/claims.ts';
import type { Answer } from '../../lib/bus/mailbox.ts';
import type { Member } from '../../lib/bus/members.ts';
import type { Item, Parcel, Queues } from '../../lib/bus/queues.ts';
import { Fault } from '../../lib/errors.ts';
import { attemptRef, parseAttemptRef } from '../../lib/model/execution.ts';
import { idOf, sourceHash } from '../../lib/model/ids.ts';
import type { Asking } from '../../lib/model/letter.ts';
import type { LogLine } from '../../lib/model/log-line.ts';
import type { AnswersMessage, FlowMessage, Message, TaskEndedMessage } from '../../lib/model/message.ts';

interface Open {
  delivery: string;
  claim?: { readonly workerId: string; readonly token: string };
  killing?: boolean;
}

export class ScriptedWork {
  readonly messages: (Message | FlowMessage)[] = [];
  readonly lines: LogLine[] = [];
  readonly open = new Map<string, Open>();
  readonly documents = new Map<string, Map<string, string>>();
  readonly definitions = new Map<string, string>();
  readonly calls = { claim: 0, renew: 0, fields: 0, definition: 0, append: 0, lines: 0, giveBack: 0 };
  readonly queue: Parcel[] = [];
  /** What the worker put back. */
  readonly added: Parcel[] = [];
  readonly beats: Member[] = [];
  others: Member[] = [];
  away = false;
  /** Ends are applied as soon as they arrive: their claims are gone. */
  applies = true;
  /** Workers may go on with what follows. */
  goesOn = true;
  #handle: ((parcel: Parcel) => Promise<void>) | undefined;
  #free = 0;
  #paused = false;
  #hear: ((refs: readonly string[]) => void) | undefined;

  get bus(): Bus {
    return {
      partitions: 64,
      claims: this.#claims(),
      queues: this.#queues(),
      documents: {
        fields: async (_: string, id: string, fields: readonly string[]) => {
          this.#reach('fields');
          return fields.map((field) => this.documents.get(id)?.get(field));
        },
        definition: async (_: string, hash: string) => {
          this.#reach('definition');
          return this.definitions.get(hash);
        },
      },
      mailbox: {
        append: async (_: string, messages: readonly Message[]) => this.#append(messages),
        answer: async (_: string, workerId: string, answers: readonly Answer[]) => this.#answers(workerId, answers),
      },
      lines: {
        append: async (_: string, batches: readonly { readonly lines: readonly LogLine[] }[]) => {
          this.#reach('lines');
          for (const { lines } of batches) this.lines.push(...structuredClone(lines));
        },
      },
      members: {
        beat: async (member: Member) => void this.beats.push(member),
        leave: async () => {},
        live: async () => this.others,
      },
      now: async () => Date.now(),
    } as unknown as Bus;
  }

  /** An execution of `source`, and an item for each of its tasks that is named. */
  items(
    source: string,
    taskIds: readonly string[],
    more: Partial<Item> & { readonly fields?: Readonly<Record<string, unknown>> } = {},
  ): Item[] {
    const executionId = idOf(crypto.getRandomValues(new Uint8Array(16)));
    const hash = sourceHash('main', source);
    const { fields, ...rest } = more;
    this.definitions.set(hash, source);
    const flow = { tenant: 'main', namespace: 'company.team', id: 'flow', revision: 1, hash };
    const start = {
      id: executionId,
      flow,
      inputs: { who: 'world' },
      originalId: executionId,
      principal: 'test',
      createdAtMs: 1,
      incarnation: 0,
    };
    this.documents.set(
      executionId,
      new Map(Object.entries({ start, ...fields }).map(([name, value]) => [name, JSON.stringify(value)])),
    );
    return taskIds.map((taskId) => {
      const ref = attemptRef(executionId, idOf(crypto.getRandomValues(new Uint8Array(16))), 1);
      this.open.set(ref, { delivery: '1.1' });
      return {
        ref,
        delivery: '1.1',
        hash,
        taskId,
        incarnation: 0,
        reads: Object.keys(fields ?? {}),
        version: '',
        parents: [],
        startedAtMs: 1,
        ...rest,
      };
    });
  }

  put(items: readonly Item[], name = idOf(crypto.getRandomValues(new Uint8Array(16)))): void {
    this.queue.push({ name, items });
    this.#next();
  }

  ask(asking: Asking): void {
    this.queue.push({ name: idOf(crypto.getRandomValues(new Uint8Array(16))), items: [], asking });
    this.#next();
  }

  kill(item: Item): void {
    this.open.get(item.ref)!.killing = true;
    this.#hear?.([item.ref]);
  }

  ended(item: Item): TaskEndedMessage | undefined {
    const { taskRunId } = parseAttemptRef(item.ref);
    return this.messages.find(
      (message): message is TaskEndedMessage => message.kind === 'taskEnded' && message.taskRunId === taskRunId,
    );
  }

  answered({ name }: Asking): AnswersMessage | undefined {
    return this.messages.find(
      (message): message is AnswersMessage => message.kind === 'answers' && message.name === name,
    );
  }

  texts(item: Item): string[] {
    const { taskRunId } = parseAttemptRef(item.ref);
    return this.lines.filter((line) => line.taskRunId === taskRunId).map(({ level, message }) => `${level} ${message}`);
  }

  #reach(call: keyof ScriptedWork['calls']): void {
    if (this.away) throw new Fault('bus.unavailable', 'scripted');
    this.calls[call]++;
  }

  #append(messages: readonly Message[]): void {
    this.#reach('append');
    this.messages.push(...structuredClone(messages));
    if (!this.applies) return;
    for (const message of messages)
      if (message.kind === 'taskEnded')
        this.open.delete(attemptRef(message.executionId, message.taskRunId, message.attempt));
  }

  /** What is next is granted to whoever holds the claim before it. */
  #answers(workerId: string, answers: readonly Answer[]): readonly boolean[] {
    const granted = answers.map(({ message, delivery, next }) => {
      const { executionId, taskRunId, attempt, token } = message;
      const open = this.open.get(attemptRef(executionId, taskRunId, attempt));
      const isOurs = open?.claim?.workerId === workerId && open.claim.token === token && !open.killing;
      if (!next || !isOurs || !this.goesOn || this.away) return false;
      this.open.set(attemptRef(executionId, next.taskRunId, 1), { delivery, claim: { workerId, token: next.token } });
      return true;
    });
    this.#append(answers.map(({ message }) => message));
    return granted;
  }

  #claims(): Claims {
    const mine = (open: Open | undefined, workerId: string, token: string) =>
      open?.claim?.workerId === workerId && open.claim.token === token;
    return {
      claim: async (_, workerId, requests) => {
        this.#reach('claim');
        return requests.map((request) => this.#claim(workerId, request));
      },
      renew: async (_, workerId, requests) => {
        this.#reach('renew');
        return requests.map(({ ref, token }): RenewAnswer => {
          const open = this.open.get(ref);
          if (!open) return 'closed';
          if (open.killing) return 'revoked';
          if (mine(open, workerId, token)) return 'held';
          if (open.claim) return 'revoked';
          open.claim = { workerId, token };
          return 'retaken';
        });
      },
      giveBack: async (_, workerId, requests) => {
        this.#reach('giveBack');
        for (const { ref, token } of requests)
          if (mine(this.open.get(ref), workerId, token)) delete this.open.get(ref)!.claim;
      },
      inspect: async () => [],
      hint: () => {},
      onHint: (listener) => {
        this.#hear = listener;
        return () => {};
      },
    };
  }

  #claim(workerId: string, { ref, delivery, token }: ClaimRequest): ClaimAnswer {
    const open = this.open.get(ref);
    if (!open) return 'closed';
    if (open.killing) return 'killing';
    if (open.delivery !== delivery) return 'superseded';
    if (open.claim) return open.claim.token === token ? 'granted' : 'claimed';
    open.claim = { workerId, token };
    return 'granted';
  }

  #queues(): Queues {
    return {
      add: async (_, parcels) => {
        this.added.push(...parcels);
        this.queue.push(...parcels);
      },
      present: async () => [],
      waiting: async () => this.queue.length,
      serve: (_, { concurrency }, handle) => {
        this.#handle = handle;
        this.#free = concurrency;
        return {
          ready: async () => this.#next(),
          pause: async () => {
            this.#paused = true;
          },
          close: async () => {},
        };
      },
    };
  }

  #next(): void {
    while (this.#handle && !this.#paused && this.#free > 0 && this.queue.length > 0) {
      this.#free--;
      this.#handle(this.queue.shift()!).finally(() => {
        this.#free++;
        this.#next();
      });
    }
  }
}
