/**
 * A flow's actor: (document, message) → document and the event that answers. Pure and total (E1, E2). A request seen again
 * gets its first answer and changes nothing (E3). The document is small however many revisions there are (E4): each
 * revision is a field of its own, written once. Deleting keeps the revisions; a flow of the same name counts on from them.
 */
import type { FlowEvent } from '../bus/feed.ts';
import type { FlowMessage } from '../model/message.ts';

const REQUESTS_MAX = 20;

/** Field `head` of the flow's document. */
export interface FlowDocument {
  readonly revision: number;
  readonly hash: string;
  readonly deleted: boolean;
  readonly source: string;
  readonly atMs: number;
  /** Since when there is a flow of this name. */
  readonly createdAtMs: number;
  /** The latest requests with their answers, newest last. */
  readonly requests: readonly Answered[];
}

/** Field `r:<revision>`. */
export interface FlowRevision {
  readonly revision: number;
  readonly source: string;
  readonly hash: string;
  readonly atMs: number;
  readonly principal: string;
}

interface Answered {
  readonly request: string;
  readonly outcome: FlowEvent['outcome'];
  readonly revision: number;
}

export interface FlowStep {
  /** The document to keep; absent when nothing changed. */
  readonly document?: FlowDocument;
  /** A revision to keep beside it. */
  readonly revision?: FlowRevision;
  readonly event: FlowEvent;
}

export function stepFlow(document: FlowDocument | undefined, message: FlowMessage, nowMs: number): FlowStep {
  const answered = document?.requests.find(({ request }) => request === message.request);
  if (answered) {
    // Without the source where it has been deleted since: readers would take the repeated answer for a new save.
    const source =
      answered.outcome === 'saved' && answered.revision === document!.revision && !document!.deleted
        ? document!.source
        : undefined;
    return { event: { ...eventOf(message, answered.outcome, nowMs), revision: answered.revision, source } };
  }
  switch (message.kind) {
    case 'saveFlow':
      return save(document, message, nowMs);
    case 'deleteFlow':
      return remove(document, message, nowMs);
  }
}

function save(
  document: FlowDocument | undefined,
  message: Extract<FlowMessage, { kind: 'saveFlow' }>,
  nowMs: number,
): FlowStep {
  const alive = document !== undefined && !document.deleted;
  if (message.mode === 'create' && alive)
    return { event: { ...eventOf(message, 'exists', nowMs), revision: document.revision } };
  if (message.mode === 'update' && !alive) return { event: eventOf(message, 'unknown', nowMs) };
  if (alive && document.source === message.source)
    return { event: { ...eventOf(message, 'unchanged', nowMs), revision: document.revision } };
  const number = (document?.revision ?? 0) + 1;
  const { source, hash, principal } = message;
  return {
    document: {
      revision: number,
      hash,
      deleted: false,
      source,
      atMs: nowMs,
      createdAtMs: alive ? document.createdAtMs : nowMs,
      requests: withAnswer(document, { request: message.request, outcome: 'saved', revision: number }),
    },
    revision: { revision: number, source, hash, atMs: nowMs, principal },
    event: { ...eventOf(message, 'saved', nowMs), revision: number, source },
  };
}

function remove(document: FlowDocument | undefined, message: FlowMessage, nowMs: number): FlowStep {
  if (document === undefined || document.deleted) return { event: eventOf(message, 'unknown', nowMs) };
  const { revision } = document;
  return {
    document: {
      ...document,
      deleted: true,
      atMs: nowMs,
      requests: withAnswer(document, { request: message.request, outcome: 'deleted', revision }),
    },
    event: { ...eventOf(message, 'deleted', nowMs), revision },
  };
}

const withAnswer = (document: FlowDocument | undefined, answer: Answered): readonly Answered[] =>
  [...(document?.requests ?? []), answer].slice(-REQUESTS_MAX);

/** The id of a flow's document is `tenant/namespace/id`. */
function eventOf(message: FlowMessage, outcome: FlowEvent['outcome'], atMs: number): FlowEvent {
  const [tenant = '', namespace = '', id = ''] = message.flowId.split('/');
  return { request: message.request, outcome, tenant, namespace, id, atMs };
}
