/** Asks the server and keeps the answer fresh: again after each interval while the page is seen, and until it is there. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from './api.ts';

export interface Asked<T> {
  readonly value?: T;
  readonly error?: string;
  /** The status with which the server refused: asking again gives the same. */
  readonly refused?: number;
  readonly again: () => void;
}

export interface AskOptions {
  readonly everyMs?: number;
  /** While another answer is on its way the last one stays: a list that is searched must not flicker. */
  readonly keep?: boolean;
}

/** A server that did not answer is asked again after this time. */
const AGAIN_MS = 2_000;

interface Answer<T> {
  readonly key: string;
  readonly value?: T;
  readonly error?: string;
  readonly refused?: number;
}

/** `key` names what is asked. */
export function useAsk<T>(key: string, ask: () => Promise<T>, { everyMs, keep = false }: AskOptions = {}): Asked<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ key });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  const underway = useRef(false);
  // `key` stands for what `ask` closes over.
  useEffect(() => {
    let wanted = true;
    underway.current = true;
    const hear = (hearing: () => void) => {
      if (!wanted) return;
      underway.current = false;
      hearing();
    };
    ask().then(
      (value) => hear(() => setAnswer({ key, value })),
      (failure: unknown) =>
        hear(() => setAnswer((old) => failed(old.key === key || keep ? old : { key }, key, failure))),
    );
    return () => {
      wanted = false;
    };
  }, [key, turn]);
  const restMs = answer.error !== undefined && !answer.refused ? AGAIN_MS : everyMs;
  useEffect(() => {
    if (!restMs) return;
    // Who answers more slowly than that is waited for: asked again and again, it would never be heard.
    const due = () => !underway.current && document.visibilityState === 'visible' && again();
    const timer = setInterval(due, restMs);
    return () => clearInterval(timer);
  }, [restMs, again]);
  const { value, error, refused } = answer.key === key || keep ? answer : ({} as Answer<T>);
  return { value, error, refused, again };
}

function failed<T>(old: Answer<T>, key: string, failure: unknown): Answer<T> {
  const refusal = failure instanceof ApiError && failure.status < 500 ? failure : undefined;
  const error = refusal ? refusal.message : 'The server does not answer; trying again…';
  return { key, value: old.value, error, refused: refusal?.status };
}
