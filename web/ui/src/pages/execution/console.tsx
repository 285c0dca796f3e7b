/** Evaluates an expression as a task run, or the execution itself, sees it. What was tried stays in sight. */
import { type KeyboardEvent, useState } from 'react';
import { evaluate } from '../../api/executions.ts';
import { sentenceOf, type TaskRunView } from '../../api.ts';
import { nameOf } from '../../parts/task-rows.ts';

interface ConsoleProps {
  readonly executionId: string;
  /** Whose eyes it has; absent: the execution's. */
  readonly run?: TaskRunView;
}

interface Tried {
  readonly expression: string;
  readonly as: string;
  readonly result?: string;
  readonly error?: string;
}

const TRIED_MAX = 20;
const EXAMPLE = '{{ outputs }}';

export function Console({ executionId, run }: ConsoleProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<readonly Tried[]>([]);
  const as = run ? nameOf(run) : 'the execution';
  const evaluateNow = async () => {
    const expression = text.includes('{') ? text : `{{ ${text.trim() || 'outputs'} }}`;
    setBusy(true);
    const answer = await evaluate(executionId, expression, run?.id).catch((failure) => ({
      error: sentenceOf(failure),
    }));
    setTried((old) => [{ expression, as, ...answer }, ...old].slice(0, TRIED_MAX));
    setBusy(false);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    void evaluateNow();
  };
  return (
    <div className="console">
      <div className="console-line">
        <textarea
          rows={Math.min(8, text.split('\n').length)}
          placeholder={EXAMPLE}
          aria-label={`Expression, as ${as} sees it`}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={keys}
        />
        <button type="button" disabled={busy} onClick={() => void evaluateNow()}>
          Evaluate
        </button>
      </div>
      <p className="hint">
        As {as} sees it{run ? '' : '; choose a task run above to see it as that does'}. Enter evaluates.
      </p>
      <ul aria-live="polite">
        {tried.map(({ expression, as, result, error }, n) => (
          <li key={tried.length - n}>
            <code>{expression}</code> <span className="quiet">as {as}</span>
            {error === undefined ? (
              <pre>{result === '' ? <span className="quiet">empty text</span> : pretty(result ?? '')}</pre>
            ) : (
              <p className="error">{error}</p>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Maps and lists on several lines. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // It only looks like JSON.
  }
}
