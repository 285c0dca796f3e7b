/** Resumes what is paused. A Pause may ask for inputs first. */

import { judgeResume, resumeExecution } from '../../api/executions.ts';
import type { ExecutionView, InputView } from '../../api.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { bodyOf } from '../../run/form-body.ts';
import { InputsForm } from '../../run/inputs-form.tsx';
import { useAsk } from '../../use-ask.ts';

interface ResumeDialogProps {
  readonly execution: ExecutionView;
  readonly onClose: () => void;
}

export function ResumeDialog({ execution: { id }, onClose }: ResumeDialogProps) {
  const { value, error } = useAsk(`resume ${id}`, async () => (await judgeResume(id, new FormData())).inputs);
  const inputs: readonly InputView[] | undefined = value?.map(({ input }) => input);
  return (
    <Dialog title="Resume" onClose={onClose} className="run-dialog">
      <Refusal text={error} />
      {inputs && (
        <InputsForm
          inputs={inputs}
          judge={(body) => judgeResume(id, body)}
          judgeKey={id}
          submit={async (entries) => {
            await resumeExecution(id, bodyOf(entries));
            onClose();
          }}
          action="Resume"
        >
          <p className="hint">{inputs.length > 0 ? 'It asks for these before it goes on.' : 'It goes on at once.'}</p>
        </InputsForm>
      )}
    </Dialog>
  );
}
