/** Runs a flow: a form of its inputs, and the commands that would do the same. */
import { useState } from 'react';
import { judgeInputs, startExecution } from '../api/executions.ts';
import type { FlowView, InputView } from '../api.ts';
import { go, hasUnsaved, leaveFreely } from '../navigation.ts';
import { Dialog } from '../parts/dialog.tsx';
import { paths } from '../route.ts';
import { Equivalents } from './equivalents.tsx';
import { bodyOf, type Entry } from './form-body.ts';
import { InputsForm } from './inputs-form.tsx';

interface RunDialogProps {
  readonly flow: FlowView;
  /** Inputs of an execution that is run again. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly onClose: () => void;
}

const NO_INPUTS: readonly InputView[] = [];

export function RunDialog({ flow, given, onClose }: RunDialogProps) {
  const { namespace, id, revision, inputs = NO_INPUTS } = flow;
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const unsaved = hasUnsaved();
  const submit = async (all: readonly Entry[]) => {
    const { id: started } = await startExecution(namespace, id, bodyOf(all));
    // The draft is kept, as was said above the form.
    leaveFreely();
    go(paths.execution(started));
  };
  return (
    <Dialog title={`Run ${id}`} onClose={onClose} className="run-dialog">
      {unsaved && (
        <p className="waiting">
          What you wrote in the editor is not saved: revision {revision} runs. Your draft stays in the editor.
        </p>
      )}
      <InputsForm
        inputs={inputs}
        given={given}
        judge={(body) => judgeInputs(namespace, id, body)}
        judgeKey={`${namespace}/${id}/${revision}`}
        submit={submit}
        action="Run"
        onEntries={setEntries}
      >
        {given && inputs.length > 0 && (
          <p className="hint">With the inputs of the last run; change what should differ.</p>
        )}
        {inputs.length === 0 && <p className="hint">This flow takes no inputs.</p>}
      </InputsForm>
      <Equivalents namespace={namespace} id={id} entries={entries} />
    </Dialog>
  );
}
