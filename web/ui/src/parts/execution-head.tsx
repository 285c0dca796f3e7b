/** What an execution is and how it stands: its flow, state, time and labels, why it waits or failed, and what can be done. */
import { useMemo, useState } from 'react';
import { type ExecutionView, killExecution, sentenceOf } from '../api.ts';
import { paths } from '../route.ts';
import { dateText, spanText, useNow } from '../time.ts';
import type { Connection } from '../use-follow.ts';
import { Link } from './link.tsx';
import { isLive, StateBadge } from './state.tsx';
import { whyFailed, whyWaiting } from './waiting.ts';

const SECOND_MS = 1_000;
/** Labels that the system gave for itself. */
const HIDDEN_LABEL = 'system.';

interface ExecutionHeadProps {
  readonly execution: ExecutionView;
  readonly connection: Connection;
}

export function ExecutionHead({ execution, connection }: ExecutionHeadProps) {
  const { id, state, namespace, flowId } = execution;
  const live = isLive(state.current);
  const now = useNow(live);
  const second = Math.ceil(now / SECOND_MS);
  // Its times need no hundredths, and a sentence that never rests cannot be read.
  const waiting = useMemo(() => whyWaiting(execution, second * SECOND_MS), [execution, second]);
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
        {live ? (
          <KillButton execution={execution} />
        ) : (
          <Link to={paths.flow(namespace, flowId, id)} className="button">
            Run again…
          </Link>
        )}
      </div>
      <Facts execution={execution} />
      {waiting && (
        <p className="waiting" role="status">
          {waiting}
        </p>
      )}
      <WhyFailed execution={execution} />
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
          <span key={key} className="label">
            {key}: {value}
          </span>
        ))}
    </p>
  );
}

function WhyFailed({ execution }: { readonly execution: ExecutionView }) {
  const failed = whyFailed(execution);
  if (!failed) return null;
  return (
    <p className={execution.state.current === 'FAILED' ? 'error' : 'waiting'}>
      {failed.text} {failed.taskRunId && <Link to={paths.execution(execution.id, failed.taskRunId)}>Show its log</Link>}
    </p>
  );
}

/** Two steps: what is killed does not come back, and the button stands where a hand may slip. */
function KillButton({ execution: { id, state } }: { readonly execution: ExecutionView }) {
  const [step, setStep] = useState<'calm' | 'sure?' | 'asked'>('calm');
  const [error, setError] = useState('');
  const kill = async () => {
    setStep('asked');
    setError('');
    try {
      await killExecution(id);
    } catch (failure) {
      setStep('calm');
      setError(sentenceOf(failure));
    }
  };
  const asked = step === 'asked' || state.current === 'KILLING';
  return (
    <>
      {error && (
        <span className="wrong" role="alert">
          {error}
        </span>
      )}
      <button
        type="button"
        className={`danger${step === 'sure?' ? ' sure' : ''}`}
        disabled={asked}
        onClick={() => (step === 'sure?' ? void kill() : setStep('sure?'))}
        onBlur={() => step === 'sure?' && setStep('calm')}
        onKeyDown={(event) => event.key === 'Escape' && setStep('calm')}
      >
        {asked ? 'Killing…' : step === 'sure?' ? 'Kill it: sure?' : 'Kill'}
      </button>
    </>
  );
}
