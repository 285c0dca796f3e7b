/** What the task runs of a task are at: one state, or how many are in which. */
import { StateBadge } from '../parts/state.tsx';
import type { TaskState } from './states.ts';

export function StateOf({ state: { state, counts = [] } }: { readonly state: TaskState }) {
  if (counts.length === 0) return <StateBadge state={state} />;
  return (
    <span className="counts">
      {counts.map(([name, count]) => (
        <span key={name} className={`state state-${name.toLowerCase()}`} title={`${count} ${name}`}>
          {count.toLocaleString()}
        </span>
      ))}
    </span>
  );
}
