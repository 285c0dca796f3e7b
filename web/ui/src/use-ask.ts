/** Asks the server and keeps the answer fresh: again after each interval while the page is seen. */
import { useCallback, useEffect, useState } from 'react';
import { ApiError } from './api.ts';

export interface Asked<T> {
  readonly value?: T;
  readonly error?: string;
  readonly again: () => void;
}

/** `key` names what is asked: when it changes, the old answer goes. */
export function useAsk<T>(key: string, ask: () => Promise<T>, everyMs?: number): Asked<T> {
  const [state, setState] = useState<{ readonly key: string; readonly value?: T; readonly error?: string }>({ key });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  // `key` stands for what `ask` closes over.
  useEffect(() => {
    let wanted = true;
    ask().then(
      (value) => wanted && setState({ key, value }),
      (error) =>
        wanted &&
        setState((old) => ({
          ...(old.key === key ? old : { key }),
          error: error instanceof ApiError ? error.message : 'the server does not answer',
        })),
    );
    return () => {
      wanted = false;
    };
  }, [key, turn]);
  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, again]);
  return { ...(state.key === key ? state : {}), again };
}
