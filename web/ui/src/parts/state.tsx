/** A state as a coloured badge; colour is never the only sign. */
export function StateBadge({ state }: { readonly state: string }) {
  return (
    <span className={`state state-${state.toLowerCase()}`} title={ABOUT[state]}>
      {state}
    </span>
  );
}

/** What a state means; of those that wait, for what. */
const ABOUT: Readonly<Record<string, string>> = {
  CREATED: 'It waits to be taken up',
  QUEUED: 'It waits until others of its flow have ended: the flow limits how many run at once',
  SUBMITTED: 'It waits for a free worker',
  RESUBMITTED: 'Its worker was lost: it waits for another one',
  RESTARTED: 'It waits to be taken up again',
  RUNNING: 'It runs; its page says what it waits for, if it does',
  PAUSED: 'It waits until somebody resumes it, or for its time',
  RETRYING: 'It failed, and waits for its next try',
  KILLING: 'What runs in it is told to stop',
  RETRIED: 'It failed, and another took its place',
};

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
