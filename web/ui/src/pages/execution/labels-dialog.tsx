/** Edits labels: a row for each, a new one below. */
import { type FormEvent, useState } from 'react';
import type { LabelPair } from '../../api/executions.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../parts/use-act.ts';

interface LabelsDialogProps {
  readonly title: string;
  readonly labels: readonly LabelPair[];
  readonly save: (labels: readonly LabelPair[]) => Promise<unknown>;
  readonly onClose: () => void;
}

export function LabelsDialog({ title, labels, save, onClose }: LabelsDialogProps) {
  const [rows, setRows] = useState<readonly LabelPair[]>([...labels, { key: '', value: '' }]);
  const { busy, error, act } = useAct();
  const change = (place: number, row: Partial<LabelPair>) =>
    setRows((old) => {
      const next = old.map((each, n) => (n === place ? { ...each, ...row } : each));
      return next.at(-1)!.key === '' ? next : [...next, { key: '', value: '' }];
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => {
      await save(rows.filter(({ key }) => key !== ''));
      onClose();
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="label-rows" onSubmit={submit}>
        {rows.map((row, n) => (
          <div key={n}>
            <input
              aria-label="Name"
              placeholder="name"
              value={row.key}
              onChange={(e) => change(n, { key: e.target.value })}
            />
            <input
              aria-label={`Value of ${row.key || 'the new label'}`}
              placeholder="value"
              value={row.value}
              onChange={(event) => change(n, { value: event.target.value })}
            />
          </div>
        ))}
        <p className="hint">A label without a name is left out.</p>
        <Refusal text={error} />
        <button type="submit" disabled={busy}>
          Save
        </button>
      </form>
    </Dialog>
  );
}
