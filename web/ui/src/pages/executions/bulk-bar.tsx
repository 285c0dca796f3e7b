/** What is done to many executions: to those that were chosen, or to all that the filters find. It asks once more, with the count. */
import { useState } from 'react';
import { actOnAll, actOnFound, type BulkAction, relabelAll } from '../../api/executions.ts';
import type { ExecutionView, PageOf } from '../../api.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { LabelsDialog } from '../execution/labels-dialog.tsx';
import type { Filter } from './execution-table.tsx';

interface BulkBarProps {
  readonly page: PageOf<ExecutionView>;
  readonly filter: Filter;
  readonly chosen: ReadonlySet<string>;
  readonly onDone: () => void;
}

const ACTIONS: readonly (readonly [action: BulkAction, text: string, about: string])[] = [
  ['restart', 'Restart', 'What has not succeeded in them runs again.'],
  ['replay', 'Replay', 'Each is run once more from its beginning, as a new execution.'],
  ['pause', 'Pause', 'No further task of them begins.'],
  ['resume', 'Resume', 'What is paused in them goes on.'],
  ['kill', 'Kill', 'What runs in them is told to stop. They do not come back by themselves.'],
  ['delete', 'Delete', 'Their logs, metrics and files go too. Nothing brings them back.'],
];
const BAD: ReadonlySet<BulkAction> = new Set(['kill', 'delete']);

export function BulkBar({ page, filter, chosen, onDone }: BulkBarProps) {
  const [found, setFound] = useState(false);
  const [asks, setAsks] = useState<BulkAction | 'labels'>();
  const [said, setSaid] = useState('');
  const close = () => setAsks(undefined);
  if (chosen.size === 0)
    return (
      <p className="hint bulk-hint" role="status">
        {said}
      </p>
    );
  const all = found && page.total > page.results.length;
  const count = all ? page.total : chosen.size;
  const done = (words: string) => {
    setSaid(words);
    setFound(false);
    close();
    onDone();
  };
  const act = async (action: BulkAction, text: string) => {
    const query = new URLSearchParams(filter.map(([name, value]) => [name, value]));
    const answer = all ? await actOnFound(action, query) : await actOnAll(action, [...chosen]);
    done(`${text}: done to ${executions(answer.count)}.`);
  };
  return (
    <section className="bulk" aria-label="What is done to those that are chosen">
      <strong>{executions(count)}</strong>
      {!all && page.total > page.results.length && chosen.size === page.results.length && (
        <button type="button" className="plain" onClick={() => setFound(true)}>
          Choose all {page.total.toLocaleString()} that fit
        </button>
      )}
      <span className="space" />
      {ACTIONS.map(([action, text]) => (
        <button key={action} type="button" className={BAD.has(action) ? 'danger' : ''} onClick={() => setAsks(action)}>
          {text}…
        </button>
      ))}
      {!all && (
        <button type="button" onClick={() => setAsks('labels')}>
          Labels…
        </button>
      )}
      {ACTIONS.filter(([action]) => action === asks).map(([action, text, about]) => (
        <ConfirmDialog
          key={action}
          title={`${text} ${executions(count)}?`}
          action={text}
          danger={BAD.has(action)}
          act={() => act(action, text)}
          onClose={close}
        >
          <p>{about} Where it cannot be done to one of them, it is done to none.</p>
        </ConfirmDialog>
      ))}
      {asks === 'labels' && (
        <LabelsDialog
          title={`Labels of ${executions(count)}`}
          labels={[]}
          save={async (labels) => {
            const answer = await relabelAll([...chosen], labels);
            done(`Labels: set on ${executions(answer.count)}.`);
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

const executions = (count: number): string => `${count.toLocaleString()} execution${count === 1 ? '' : 's'}`;
