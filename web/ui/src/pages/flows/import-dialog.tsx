/** Brings flows in from a file: YAML of one or many, or a zip as an export gives it. */
import { type FormEvent, useState } from 'react';
import { importFlows } from '../../api/flows.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../parts/use-act.ts';

export function ImportDialog({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const { busy, error, act } = useAct();
  const [left, setLeft] = useState<readonly string[]>([]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = new FormData(event.currentTarget);
    void act(async () => {
      const refused = await importFlows(body);
      setLeft(refused);
      onDone();
      if (refused.length === 0) onClose();
    });
  };
  return (
    <Dialog title="Import flows" onClose={onClose}>
      <form className="run" onSubmit={submit}>
        <div className="field">
          <label htmlFor="import-file">A file with flows</label>
          <input id="import-file" type="file" name="fileUpload" accept=".yaml,.yml,.zip" required />
          <span className="hint">
            YAML of one or many, or a zip. A flow that is there already gets another revision.
          </span>
        </div>
        <Refusal text={error} />
        {left.length > 0 && (
          <p className="error" role="alert">
            These were left out, since they are not valid: {left.join(', ')}. The others were saved.
          </p>
        )}
        <button type="submit" disabled={busy}>
          Import
        </button>
      </form>
    </Dialog>
  );
}
