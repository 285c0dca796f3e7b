/** A message that was given up: why, what it says, and what can be done with it. */
import { useState } from 'react';
import { discardDeadLetter, readDeadLetter, retryDeadLetter, type WholeLetterView } from '../../api/operator.ts';
import { go, useTitle } from '../../navigation.ts';
import { Code } from '../../parts/code.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Link } from '../../parts/link.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../parts/use-act.ts';
import { paths } from '../../route.ts';
import { dateText } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { LetterOf } from './letter-of.tsx';
import { wordsOf } from './message-words.ts';

export function DeadLetter({ id }: { readonly id: string }) {
  useTitle('Dead letter');
  const { value: letter, error, refused } = useAsk(`dead letter ${id}`, () => readDeadLetter(id));
  if (!letter && refused === 404)
    return (
      <div className="empty">
        <p>This letter is not here: it was sent again, or thrown away.</p>
        <p>
          <Link to={paths.deadLetters()}>All dead letters</Link>
        </p>
      </div>
    );
  if (!letter) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  return (
    <>
      <div className="title">
        <h2>Dead letter: {wordsOf(letter.kind)}</h2>
        <span className="space" />
        <Actions letter={letter} />
      </div>
      <p className="facts">
        <span className="mono">{letter.id}</span>
        <span>came {dateText(letter.date)}</span>
        <span>
          for <LetterOf letter={letter} />
        </span>
      </p>
      <p className="error">{letter.reason}</p>
      <h3>What it says</h3>
      <Code
        label="message"
        text={letter.messages ? JSON.stringify(letter.messages, null, 2) : (letter.unreadable ?? '')}
      />
      {!letter.messages && (
        <p className="hint">
          This version cannot read it, so it cannot be sent again. A newer one may; otherwise it can only be discarded.
        </p>
      )}
    </>
  );
}

function Actions({ letter: { id, messages } }: { readonly letter: WholeLetterView }) {
  const { busy, error, act } = useAct();
  const [asks, setAsks] = useState(false);
  const leave = () => go(paths.deadLetters(), true);
  return (
    <>
      <button
        type="button"
        className="main"
        disabled={busy || !messages}
        title="It is applied as if it came now; what has ended meanwhile stays as it is"
        onClick={() => void act(() => retryDeadLetter(id).then(leave))}
      >
        Send it again
      </button>
      <button type="button" className="danger" disabled={busy} onClick={() => setAsks(true)}>
        Discard…
      </button>
      <Refusal text={error} />
      {asks && (
        <ConfirmDialog
          title="Discard this letter?"
          action="Discard"
          act={() => discardDeadLetter(id).then(leave)}
          onClose={() => setAsks(false)}
        >
          <p>What it asked for does not happen. Nothing brings it back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
