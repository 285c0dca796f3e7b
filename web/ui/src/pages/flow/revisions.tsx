/** What a flow was before: each revision beside another, with what differs; an older one can be made the newest again. */
import { lazy, Suspense, useState } from 'react';
import { readRevisions, updateFlow } from '../../api/flows.ts';
import type { FlowView } from '../../api.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useAsk } from '../../use-ask.ts';

const Difference = lazy(() => import('../../editor/difference.tsx'));

interface RevisionsProps {
  readonly flow: FlowView;
  readonly onSaved: () => void;
}

export default function Revisions({ flow: { namespace, id, revision: newest }, onSaved }: RevisionsProps) {
  const { value = [], error } = useAsk(`revisions ${namespace}/${id}/${newest}`, () => readRevisions(namespace, id), {
    keep: true,
  });
  const [before, setBefore] = useState<number>();
  const [after, setAfter] = useState<number>();
  const [restoring, setRestoring] = useState(false);
  if (error) return <p className="error">{error}</p>;
  if (value.length === 0) return <p className="loading">Loading…</p>;
  if (value.length === 1)
    return <p className="empty">It has one revision only. Each time it is saved differently, another stands here.</p>;
  const of = (revision: number) => value.find((each) => each.revision === revision) ?? value.at(-1)!;
  const [left, right] = [of(before ?? newest - 1), of(after ?? newest)];
  return (
    <>
      <div className="tools">
        <RevisionSelect label="Before" value={left.revision} all={value} onChange={setBefore} />
        <RevisionSelect label="After" value={right.revision} all={value} onChange={setAfter} />
        <span className="space" />
        {left.revision !== newest && (
          <button type="button" onClick={() => setRestoring(true)}>
            Make {left.revision} the newest again…
          </button>
        )}
      </div>
      <Suspense fallback={<p className="loading">Loading…</p>}>
        <Difference key={`${left.revision}/${right.revision}`} before={left.source ?? ''} after={right.source ?? ''} />
      </Suspense>
      {restoring && (
        <ConfirmDialog
          title={`Make revision ${left.revision} the newest again?`}
          action="Save it"
          danger={false}
          onClose={() => setRestoring(false)}
          act={async () => {
            await updateFlow(namespace, id, left.source ?? '');
            setRestoring(false);
            onSaved();
          }}
        >
          <p>Its source is saved as another revision. Nothing is lost, and what runs goes on as it began.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface RevisionSelectProps {
  readonly label: string;
  readonly value: number;
  readonly all: readonly FlowView[];
  readonly onChange: (revision: number) => void;
}

function RevisionSelect({ label, value, all, onChange }: RevisionSelectProps) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {all.toReversed().map(({ revision }) => (
          <option key={revision} value={revision}>
            revision {revision}
          </option>
        ))}
      </select>
    </label>
  );
}
