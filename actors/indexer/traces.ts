/**
 * Traces: what has ended and is copied is sent to an OpenTelemetry collector (OTLP/HTTP, JSON), beside the copy and never in
 * its way. Ids wait in a bounded queue, the histories are read from the repository when it is their turn. A collector that is
 * away is asked again with growing pauses; beyond the bound the oldest are left out, and counted.
 */
import type { Clock } from '../../lib/clock.ts';
import { textOf } from '../../lib/errors.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Log } from '../../lib/log.ts';
import { counter, gauge } from '../../lib/metrics.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import { type Execution, isOver } from '../../lib/model/execution.ts';
import type { FlowRef } from '../../lib/model/flow.ts';
import type { ExecutionRow, Repository } from '../../lib/repository/repository.ts';
import { attributesOf, type Span, spansOf } from './spans.ts';

/** Executions that wait. */
const WAITING_MAX = 10_000;
/** Of them, sent together. */
const AT_ONCE = 100;
/** Spans of one request. */
const SPANS_MAX = 512;
const REQUEST_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const PAUSE_MAX_MS = 30_000;
/** At the end, for what still waits. */
const FLUSH_MS = 2_000;
/** Answers after which the specification has a client try again. */
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const FLOWS_MAX = 200;

export interface TracesParts {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly repository: Repository;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
}

export class Traces {
  readonly #parts: TracesParts;
  readonly #waiting = new Set<string>();
  readonly #types = new Map<string, ReadonlyMap<string, { readonly type: string }>>();
  readonly #sent = counter('trace_spans_total', 'Spans that the collector has taken');
  readonly #dropped = counter('trace_spans_dropped_total', 'Spans that the collector has refused');
  readonly #unreadable = counter(
    'trace_executions_unreadable_total',
    'Executions that could not be made into spans and were left out',
  );
  readonly #left = counter(
    'trace_executions_dropped_total',
    'Executions whose spans were left out: the collector was away',
  );
  readonly #depth = gauge('trace_executions_waiting', 'Ended executions whose spans are not sent yet');
  #wake: () => void = () => {};
  #trouble: string | undefined;

  constructor(parts: TracesParts) {
    this.#parts = parts;
  }

  /** Rows that are written: what is over among them is queued. Never throws: what it cannot read is copied all the same. */
  copied(rows: readonly ExecutionRow[]): void {
    for (const { id, head } of rows)
      try {
        if (head && isOver(head)) this.#waiting.add(id);
      } catch (error) {
        this.#leaveOut(id, error);
      }
    while (this.#waiting.size > WAITING_MAX) {
      this.#waiting.delete(this.#waiting.values().next().value!);
      this.#left.inc();
    }
    this.#depth.set(this.#waiting.size);
    if (this.#waiting.size > 0) this.#wake();
  }

  /** Sends until `signal`, and what waits then for a moment longer. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#sendAll(signal);
      if (!signal.aborted && this.#waiting.size === 0) await this.#something(signal);
    }
    await this.#sendAll(AbortSignal.timeout(FLUSH_MS));
    this.#left.inc(this.#waiting.size);
    this.#waiting.clear();
  }

  #something(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#waiting.size > 0 && !signal.aborted)
      try {
        await this.#sendSome(signal);
        pauseMs = FIRST_PAUSE_MS;
        if (this.#trouble !== undefined) this.#parts.log.info({}, 'traces: the collector takes them again');
        this.#trouble = undefined;
      } catch (error) {
        if (signal.aborted) return;
        const reason = textOf(error);
        if (reason !== this.#trouble) this.#parts.log.warn({ reason }, 'traces cannot be sent, tried again');
        this.#trouble = reason;
        await this.#parts.clock.sleep(pauseMs * (0.5 + Math.random() / 2), signal);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
      }
  }

  /** What was not sent to its end waits again: spans that were sent go twice, with the same ids. */
  async #sendSome(signal: AbortSignal): Promise<void> {
    const ids = [...this.#waiting.values().take(AT_ONCE)];
    for (const id of ids) this.#waiting.delete(id);
    try {
      await this.#send(ids, signal);
    } catch (error) {
      for (const id of ids) this.#waiting.add(id);
      throw error;
    } finally {
      this.#depth.set(this.#waiting.size);
    }
  }

  async #send(ids: readonly string[], signal: AbortSignal): Promise<void> {
    let spans: Span[] = [];
    for (const id of ids) {
      const execution = await this.#parts.repository.execution(id);
      // Deleted, or begun again, in the meantime.
      if (!execution || !isOver(execution)) continue;
      for (const span of await this.#spansOf(execution)) {
        spans.push(span);
        if (spans.length < SPANS_MAX) continue;
        await this.#post(spans, signal);
        spans = [];
      }
    }
    if (spans.length > 0) await this.#post(spans, signal);
  }

  /** None of one that would be read in vain for ever. Throws `repository.unavailable`. */
  async #spansOf(execution: Execution): Promise<readonly Span[]> {
    const types = await this.#typesOf(execution);
    try {
      return [...spansOf(execution, (taskId) => types?.get(taskId)?.type)];
    } catch (error) {
      this.#leaveOut(execution.id, error);
      return [];
    }
  }

  #leaveOut(execution: string, error: unknown): void {
    this.#unreadable.inc();
    this.#parts.log.error({ execution, err: error }, 'an execution cannot be made into spans and is left out');
  }

  /** Throws where it may be tried again. */
  async #post(spans: readonly Span[], signal: AbortSignal): Promise<void> {
    const { url, headers, log } = this.#parts;
    const resource = { attributes: attributesOf({ 'service.name': 'windhover' }) };
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'windhover' }, spans }] }] }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
    });
    const text = await response.text();
    if (AGAIN.has(response.status)) throw new Error(`the collector answers ${response.status}`);
    const refused = response.ok ? refusedIn(text) : spans.length;
    this.#sent.inc(spans.length - refused);
    this.#dropped.inc(refused);
    if (refused > 0) log.warn({ status: response.status, spans: refused }, 'spans were refused by the collector');
  }

  /** The tasks of its flow; undefined where the flow is not known (any more). */
  async #typesOf({ flow }: Execution): Promise<ReadonlyMap<string, { readonly type: string }> | undefined> {
    const key = `${flow.tenant}/${flow.namespace}/${flow.id}/${flow.revision}`;
    const known = this.#types.get(key);
    if (known) return known;
    const tasks = await this.#tasks(flow);
    if (!tasks) return undefined;
    if (this.#types.size >= FLOWS_MAX) this.#types.delete(this.#types.keys().next().value!);
    this.#types.set(key, tasks);
    return tasks;
  }

  async #tasks(flow: FlowRef): Promise<ReadonlyMap<string, { readonly type: string }> | undefined> {
    const row = await this.#parts.repository.flow(flow, flow.revision);
    return row && parseFlow(row.source, this.#parts.catalogue, { tenant: flow.tenant }).flow?.taskOf;
  }
}

/** How many spans a partial success leaves out. */
function refusedIn(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: string | number } };
    return Number(partialSuccess?.rejectedSpans ?? 0);
  } catch {
    return 0; // Some collectors answer with nothing.
  }
}
