/** Messages that were given up: what each asked for, of what, and why; those that are chosen are sent again or thrown away. */
import { useState } from 'react';
import { discardDeadLetter, type LetterView, listDeadLetters, retryDeadLetter } from '../../api/operator.ts';
import type { PageOf } from '../../api.ts';
import { go, useTitle } from '../../navigation.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Link } from '../../parts/link.tsx';
import { Pager } from '../../parts/pager.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { toggled } from '../../parts/toggled.ts';
import { useAct } from '../../parts/use-act.ts';
import { paths } from '../../route.ts';
import { dateText, shortDateText } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { LetterOf } from './letter-of.tsx';
import { wordsOf } from './message-words.ts';

const SIZE = 50;
const FRESH_MS = 3_000;
const NONE: ReadonlySet<string> = new Set();

export function DeadLetters({ number }: { readonly number: number }) {
  useTitle('Dead letters');
  const [chosen, setChosen] = useState(NONE);
  const { value, error, again } = useAsk(`dead letters ${number}`, () => listDeadLetters(number, SIZE), {
    everyMs: FRESH_MS,
    keep: true,
  });
  if (!value) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  const here = new Set(value.results.filter(({ id }) => chosen.has(id)).map(({ id }) => id));
  return (
    <>
      {error && <p className="error">{error}</p>}
      <Chosen ids={[...here]} onChanged={again} />
      {value.total === 0 ? <NoneYet /> : <LetterTable page={value} chosen={here} choose={setChosen} />}
      {value.total > 0 && (
        <Pager
          total={value.total}
          totalMax={Number.POSITIVE_INFINITY}
          size={SIZE}
          number={number}
          noun={['letter', 'letters']}
          words={['Newer', 'Older']}
          onTurn={(turned) => {
            setChosen(NONE);
            go(paths.deadLetters(turned));
          }}
        />
      )}
    </>
  );
}

const NoneYet = () => (
  <div className="empty">
    <p>No message was given up.</p>
    <p>
      Everything that executions and flows are asked for is a message. One that cannot be applied, even after several
      tries, is put aside, so that the others go on; then it stands here with the reason, to be read, sent once more, or
      thrown away.
    </p>
  </div>
);

/** One after the other, so that a refusal tells which. */
async function eachOf(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> {
  for (const id of ids) await act(id);
}

function Chosen({ ids, onChanged }: { readonly ids: readonly string[]; readonly onChanged: () => void }) {
  const { busy, error, act } = useAct();
  const [asks, setAsks] = useState(false);
  const count = `${ids.length} letter${ids.length === 1 ? '' : 's'}`;
  if (ids.length === 0) return <Refusal text={error} />;
  return (
    <section className="bulk" aria-label="What is done to those that are chosen">
      <strong>{count}</strong>
      <span className="space" />
      <button
        type="button"
        disabled={busy}
        onClick={() => void act(() => eachOf(ids, retryDeadLetter).finally(onChanged))}
      >
        Send again
      </button>
      <button type="button" className="danger" onClick={() => setAsks(true)}>
        Discard…
      </button>
      <Refusal text={error} />
      {asks && (
        <ConfirmDialog
          title={`Discard ${count}?`}
          action="Discard"
          act={async () => {
            await eachOf(ids, discardDeadLetter).finally(onChanged);
            setAsks(false);
          }}
          onClose={() => setAsks(false)}
        >
          <p>What they asked for does not happen. Nothing brings them back.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

interface LetterTableProps {
  readonly page: PageOf<LetterView>;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
}

function LetterTable({ page: { results }, chosen, choose }: LetterTableProps) {
  const all = results.every(({ id }) => chosen.has(id));
  const now = Date.now();
  return (
    <table className="letters">
      <thead>
        <tr>
          <th className="check">
            <input
              type="checkbox"
              aria-label="Choose all of this page"
              checked={all}
              onChange={() => choose(all ? NONE : new Set(results.map(({ id }) => id)))}
            />
          </th>
          <th className="start">Came</th>
          <th className="asks">It asked to</th>
          <th className="of">Of</th>
          <th>Given up, since</th>
        </tr>
      </thead>
      <tbody>
        {results.map((letter) => (
          <tr key={letter.id}>
            <td className="check">
              <input
                type="checkbox"
                aria-label={`Choose ${letter.id}`}
                checked={chosen.has(letter.id)}
                onChange={() => choose(toggled(chosen, letter.id))}
              />
            </td>
            <td title={dateText(letter.date)}>{shortDateText(letter.date, now)}</td>
            <td className="cut">
              <Link to={paths.deadLetter(letter.id)}>{wordsOf(letter.kind)}</Link>
            </td>
            <td className="cut">
              <LetterOf letter={letter} />
            </td>
            <td className="cut" title={letter.reason}>
              {letter.reason}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
