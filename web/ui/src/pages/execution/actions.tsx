/** What can be done to an execution, as its state allows: buttons for what is near, a menu for the rest. */
import { type ReactNode, useState } from 'react';
import { deleteExecution, killExecution, pauseExecution, relabel, restartExecution } from '../../api/executions.ts';
import { API, type ExecutionView } from '../../api.ts';
import { go } from '../../navigation.ts';
import { Code } from '../../parts/code.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Link } from '../../parts/link.tsx';
import { Menu, type MenuItem } from '../../parts/menu.tsx';
import { isLive } from '../../parts/state.tsx';
import { SureButton } from '../../parts/sure-button.tsx';
import { useAct } from '../../parts/use-act.ts';
import { paths } from '../../route.ts';
import { curlOf } from '../../run/command-lines.ts';
import { LabelsDialog } from './labels-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import { ResumeDialog } from './resume-dialog.tsx';
import { StateDialog } from './state-dialog.tsx';

interface ActionsProps {
  readonly execution: ExecutionView;
  /** The task run that is looked at: a replay begins there. */
  readonly chosen?: string;
  /** It lives again. */
  readonly onRevived: () => void;
  /** What stands at it has changed without a word on its stream. */
  readonly onChanged: () => void;
}

type Opened = 'replay' | 'resume' | 'labels' | 'state' | 'delete' | 'commands';
/** A restart runs what has not succeeded. */
const RESTARTED: ReadonlySet<string> = new Set(['FAILED', 'KILLED', 'WARNING', 'CANCELLED']);

export function Actions({ execution, chosen, onRevived, onChanged }: ActionsProps) {
  const { id, state, namespace, flowId } = execution;
  const { busy, error, act } = useAct();
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const live = isLive(state.current);
  const failed = execution.taskRunList?.find((run) => run.state.current === 'FAILED' && run.attempts);
  return (
    <>
      <div className="actions">
        {live ? (
          <LiveButtons {...{ execution, busy, act }} onResume={() => setOpened('resume')} />
        ) : (
          <>
            {RESTARTED.has(state.current) && (
              <button
                type="button"
                disabled={busy}
                title="Runs again what has not succeeded, in this execution"
                onClick={() => void act(() => restartExecution(id).then(onRevived))}
              >
                Restart
              </button>
            )}
            <button type="button" title="A new execution, from any of its tasks" onClick={() => setOpened('replay')}>
              Replay…
            </button>
            <Link to={paths.flow(namespace, flowId, { inputsOf: id })} className="button">
              Run again…
            </Link>
          </>
        )}
        <Menu label="More ▾" name="More actions" items={itemsOf(live, setOpened)} />
      </div>
      {error && (
        <p className="error wide" role="alert">
          {error}
        </p>
      )}
      {opened === 'replay' && <ReplayDialog execution={execution} from={chosen ?? failed?.id} onClose={close} />}
      {opened === 'resume' && <ResumeDialog execution={execution} onClose={close} />}
      {opened === 'state' && <StateDialog execution={execution} onDone={onChanged} onClose={close} />}
      {opened === 'labels' && <Labels execution={execution} onDone={onChanged} onClose={close} />}
      {opened === 'commands' && <Commands id={id} onClose={close} />}
      {opened === 'delete' && <Delete id={id} onClose={close} />}
    </>
  );
}

function itemsOf(live: boolean, open: (what: Opened) => void): readonly MenuItem[] {
  const item = (text: string, what: Opened, danger = false): MenuItem => ({ text, act: () => open(what), danger });
  return [
    ...(live ? [] : [item('Labels…', 'labels'), item('Change state…', 'state')]),
    item('As commands…', 'commands'),
    ...(live ? [] : [item('Delete…', 'delete', true)]),
  ];
}

interface LiveButtonsProps {
  readonly execution: ExecutionView;
  readonly busy: boolean;
  readonly act: (what: () => Promise<unknown>) => Promise<void>;
  readonly onResume: () => void;
}

function LiveButtons({ execution: { id, state, taskRunList }, busy, act, onResume }: LiveButtonsProps): ReactNode {
  const pauses = state.current === 'PAUSED' || taskRunList?.some((run) => run.state.current === 'PAUSED');
  const runs = state.current === 'RUNNING' || taskRunList?.some((run) => run.state.current === 'RETRYING');
  return (
    <>
      {pauses && (
        <button type="button" className="main" onClick={onResume}>
          Resume…
        </button>
      )}
      {runs && state.current !== 'PAUSED' && (
        <button
          type="button"
          disabled={busy}
          title="No further task begins"
          onClick={() => void act(() => pauseExecution(id))}
        >
          Pause
        </button>
      )}
      <SureButton
        text="Kill"
        sure="Kill it: sure?"
        busyText="Killing…"
        busy={busy || state.current === 'KILLING'}
        act={() => void act(() => killExecution(id))}
      />
    </>
  );
}

interface OpenedProps {
  readonly execution: ExecutionView;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Those that the system gave for itself are its own to change. */
function Labels({ execution: { id, labels = [] }, onDone, onClose }: OpenedProps) {
  const own = labels.filter(({ key }) => !key.startsWith('system.'));
  return <LabelsDialog title="Labels" labels={own} save={(all) => relabel(id, all).then(onDone)} onClose={onClose} />;
}

function Commands({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const at = `${location.origin}${API}`;
  return (
    <Dialog title="The same by a command" onClose={onClose} className="run-dialog">
      <h3>Follow it</h3>
      <Code label="follow command" text={curlOf('GET', `${at}/executions/${id}/follow`)} />
      <h3>Its log</h3>
      <Code label="log command" text={curlOf('GET', `${at}/logs/${id}/download`)} />
      <h3>Restart what failed</h3>
      <Code label="restart command" text={curlOf('POST', `${at}/executions/${id}/restart`)} />
      <h3>Replay</h3>
      <Code label="replay command" text={curlOf('POST', `${at}/executions/${id}/replay`)} />
      <h3>Kill it</h3>
      <Code label="kill command" text={curlOf('DELETE', `${at}/executions/${id}/kill`)} />
    </Dialog>
  );
}

function Delete({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  return (
    <ConfirmDialog
      title="Delete this execution?"
      action="Delete it"
      act={() => deleteExecution(id).then(() => go(paths.executions))}
      onClose={onClose}
    >
      <p>Its log, its metrics and its files go too. Nothing brings them back.</p>
    </ConfirmDialog>
  );
}
