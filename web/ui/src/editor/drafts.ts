/** What was written and not saved, kept in this browser for whoever comes back to it: one draft a person and flow. */
import { type RefObject, useEffect, useRef, useState } from 'react';

const KEPT_AFTER_MS = 400;
const PREFIX = 'windhover.draft.';

export interface Draft {
  readonly text: string;
  /** When it was written, ms since 1970. */
  readonly atMs: number;
  /** Of the flow, that it began from; 0: a new one. */
  readonly revision: number;
}

/** A browser may refuse its storage, or hold something else there: then there is no draft. */
function read(name: string): Draft | undefined {
  try {
    const { text, atMs, revision } = JSON.parse(localStorage.getItem(PREFIX + name) ?? '{}') as Partial<Draft>;
    return text !== undefined && atMs !== undefined && revision !== undefined ? { text, atMs, revision } : undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, draft: Draft | undefined): void {
  try {
    if (draft) localStorage.setItem(PREFIX + name, JSON.stringify(draft));
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // As above: leaving asks all the same.
  }
}

interface Written {
  /** Of the person and the flow; undefined: not known yet. */
  readonly name: string | undefined;
  readonly text: string;
  /** As it is saved. */
  readonly saved: string;
  readonly revision: number;
}

export interface Offer {
  /** Of before, not taken up yet. */
  readonly draft?: Draft;
  /** It was taken up or thrown away. */
  readonly settle: () => void;
  /** What is written now is no draft any more: it is saved, or nobody wants it. */
  readonly forget: () => void;
}

/** Keeps what is written, and offers what was left behind. */
export function useDraft({ name, text, saved, revision }: Written): Offer {
  const [draft, setDraft] = useState<Draft>();
  const changed = text !== saved;
  const kept = useRef(false);
  useEffect(() => {
    const found = name === undefined ? undefined : read(name);
    if (found && found.text !== saved) setDraft(found);
  }, [name]);
  useEffect(() => {
    if (name === undefined) return;
    if (!changed) {
      if (kept.current) write(name, undefined);
      kept.current = false;
      return;
    }
    kept.current = true;
    const keep = () => write(name, { text, atMs: Date.now(), revision });
    const timer = setTimeout(keep, KEPT_AFTER_MS);
    addEventListener('pagehide', keep);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', keep);
    };
  }, [name, text, changed, revision]);
  const last = useKeptAtLast(name, changed ? { text, atMs: Date.now(), revision } : undefined);
  const settle = () => {
    if (name !== undefined && !changed) write(name, undefined);
    setDraft(undefined);
  };
  const forget = () => {
    if (name !== undefined) write(name, undefined);
    last.current = {};
  };
  return { draft, settle, forget };
}

interface Last {
  readonly name?: string;
  readonly draft?: Draft;
}

/** Whoever leaves at once has not waited for the timer. */
function useKeptAtLast(name: string | undefined, draft: Draft | undefined): RefObject<Last> {
  const last = useRef<Last>({});
  last.current = { name, draft };
  useEffect(
    () => () => {
      const { name, draft } = last.current;
      if (name !== undefined && draft) write(name, draft);
    },
    [],
  );
  return last;
}
