/** A state as a coloured badge; colour is never the only sign. */
export function StateBadge({ state }: { readonly state: string }) {
  return <span className={`state state-${state.toLowerCase()}`}>{state}</span>;
}

const LIVE: ReadonlySet<string> = new Set([
  'CREATED',
  'QUEUED',
  'SUBMITTED',
  'RUNNING',
  'PAUSED',
  'RESTARTED',
  'RETRYING',
  'KILLING',
  'RESUBMITTED',
]);
export const isLive = (state: string): boolean => LIVE.has(state);

/** Those that a person looks for, in the order of a life. */
export const SEARCHED_STATES = ['CREATED', 'QUEUED', 'RUNNING', 'KILLING', 'SUCCESS', 'WARNING', 'FAILED', 'KILLED'];
