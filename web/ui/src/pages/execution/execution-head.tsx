/** What an execution is and how it stands: its flow, state, time and labels, why it waits or failed, and what can be done. */
import { useMemo } from 'react';
import { whyOf } from '../../../../api/why.ts';
import { forceRun } from '../../api/executions.ts';
import type { ExecutionView } from '../../api.ts';
import { Link } from '../../parts/link.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { isLive, StateBadge } from '../../parts/state.tsx';
import { useAct } from '../../parts/use-act.ts';
import { paths } from '../../route.ts';
import { dateText, spanText, useNow } from '../../time.ts';
import type { Connection } from '../../use-follow.ts';
import { Actions } from './actions.tsx';
import { type Sentence, sentenceOf } from './waiting.ts';

const SECOND_MS = 1_000;
/** Labels that the system gave for itself. */
const HIDDEN_LABEL = 'system.';

interface ExecutionHeadProps {
  readonly execution: ExecutionView;
  readonly connection: Connection;
  readonly chosen?: string;
  /** It must be followed anew. */
  readonly onAnew: () => void;
}

export function ExecutionHead({ execution, connection, chosen, onAnew }: ExecutionHeadProps) {
  const { state, namespace, flowId } = execution;
  const live = isLive(state.current);
  const now = useNow(live);
  const second = Math.floor(now / SECOND_MS);
  // Its times need no hundredths, and a sentence that never rests cannot be read.
  const why = useMemo(() => whyOf(execution, second * SECOND_MS), [execution, second]);
  const sentence = why && why.kind !== 'works' ? sentenceOf(why, second * SECOND_MS) : undefined;
  const failed = why?.kind === 'failed';
  return (
    <>
      <div className="title">
        <h1>
          <Link to={paths.flow(namespace, flowId)} title="The flow">
            <span className="quiet">{namespace}.</span>
            {flowId}
          </Link>
        </h1>
        <StateBadge state={state.current} />
        <span className="length">
          {spanText((state.endDate ? Date.parse(state.endDate) : now) - Date.parse(state.startDate))}
        </span>
        {live && <span className={`connection ${connection}`}>{CONNECTIONS[connection]}</span>}
        <span className="space" />
        <Actions execution={execution} chosen={chosen} onRevived={onAnew} onChanged={onAnew} />
      </div>
      <Facts execution={execution} />
      {sentence && failed && <Failed execution={execution} sentence={sentence} />}
      {sentence && !failed && <Waiting id={execution.id} sentence={sentence} />}
    </>
  );
}

function Waiting({ id, sentence }: { readonly id: string; readonly sentence: Sentence }) {
  const { text, taskRunId, executionId, services, timed } = sentence;
  return (
    <p className="waiting" role="status">
      {text} {taskRunId && <Link to={paths.execution(id, taskRunId)}>Show it</Link>}
      {executionId && <Link to={paths.execution(executionId)}>Open that</Link>}
      {services && <Link to={paths.services}>See who lives</Link>}
      {timed && <GoOn id={id} />}
    </p>
  );
}

/** For whoever does not want to wait for a time. */
function GoOn({ id }: { readonly id: string }) {
  const { busy, error, act } = useAct();
  return (
    <>
      <button type="button" className="go-on" disabled={busy} onClick={() => void act(() => forceRun(id))}>
        Go on now
      </button>
      <Refusal text={error} />
    </>
  );
}

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting…',
  live: 'live',
  lost: 'connection lost, trying again…',
  ended: '',
  refused: 'not live: load the page again',
};

function Facts({ execution: { id, flowRevision, state, trigger, labels } }: { readonly execution: ExecutionView }) {
  return (
    <p className="facts">
      <span className="mono">{id}</span>
      <span>revision {flowRevision}</span>
      <span>started {dateText(state.startDate)}</span>
      {trigger && <span>by trigger {trigger.id}</span>}
      {labels
        ?.filter(({ key }) => !key.startsWith(HIDDEN_LABEL))
        .map(({ key, value }) => (
          <Link
            key={key}
            className="label"
            to={paths.listOf({ labels: [`${key}:${value}`] })}
            title="All executions with this label"
          >
            {key}: {value}
          </Link>
        ))}
    </p>
  );
}

function Failed({ execution, sentence }: { readonly execution: ExecutionView; readonly sentence: Sentence }) {
  const { text, taskRunId } = sentence;
  return (
    <p className={execution.state.current === 'FAILED' ? 'error' : 'waiting'}>
      {text} {taskRunId && <Link to={paths.execution(execution.id, taskRunId)}>Show its log</Link>}
    </p>
  );
}
