/** Asks once more before something that cannot be taken back. */
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly action: string;
  readonly act: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly danger?: boolean;
  /** What the other button says. */
  readonly refuse?: string;
}

export function ConfirmDialog({ title, children, action, act, onClose, ...more }: ConfirmDialogProps) {
  const { danger = true, refuse = 'Leave it' } = more;
  const acting = useAct();
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <Refusal text={acting.error} />
      <p className="buttons">
        <button
          type="button"
          className={danger ? 'danger sure' : 'main'}
          disabled={acting.busy}
          onClick={() => void acting.act(act)}
        >
          {action}
        </button>
        <button type="button" onClick={onClose}>
          {refuse}
        </button>
      </p>
    </Dialog>
  );
}
