/** What has ended may live again: somebody restarts it, on this page or elsewhere. */
import { useCallback, useEffect, useState } from 'react';
import { glanceAt } from '../../api/executions.ts';
import type { ExecutionView } from '../../api.ts';
import { useAsk } from '../../use-ask.ts';
import { type Following, useExecution } from '../../use-follow.ts';

const GLANCE_MS = 3_000;

export interface Life extends Following<ExecutionView | undefined> {
  readonly life: number;
  /** Follow it anew. */
  readonly anew: () => void;
}

export function useLife(id: string): Life {
  const [life, setLife] = useState(0);
  const anew = useCallback(() => setLife((n) => n + 1), []);
  const following = useExecution(id, life);
  const ended = following.connection === 'ended';
  const glance = useAsk(
    `glance ${id} ${life} ${ended}`,
    async () => (ended ? glanceAt(id) : undefined),
    ended ? { everyMs: GLANCE_MS } : {},
  );
  const [seen, known] = [glance.value, following.value];
  const changed = ended && seen !== undefined && known !== undefined && isNews(seen, known);
  useEffect(() => {
    if (changed) anew();
  }, [changed, anew]);
  return { ...following, life, anew };
}

/** The list may be behind the stream, never before it. */
function isNews(seen: ExecutionView, known: ExecutionView): boolean {
  const lastOf = ({ state }: ExecutionView) => Date.parse(state.histories.at(-1)?.date ?? state.startDate);
  return lastOf(seen) > lastOf(known);
}
