/** Values as a tree: maps and lists unfold, files are links that download them. */
import { useState } from 'react';
import { fileLink } from '../../api/executions.ts';

/** Entries of a map or list that are drawn at once. */
const ENTRIES_MAX = 100;
/** Deeper levels start folded. */
const OPEN_DEPTH = 2;
/** In a longer list every entry starts folded: the names are what one looks for. */
const OPEN_ENTRIES_MAX = 20;
const TEXT_CHARACTERS_MAX = 2_000;

const FILE = /^(kestra|windhover):\/\//;

interface ValuesProps {
  readonly executionId: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly empty: string;
}

export function Values({ executionId, values, empty }: ValuesProps) {
  if (!values || Object.keys(values).length === 0) return <p className="empty">{empty}</p>;
  return (
    <div className="values">
      <Entries executionId={executionId} value={values} depth={0} />
    </div>
  );
}

interface ValueProps {
  readonly executionId: string;
  readonly value: unknown;
  readonly depth: number;
}

function Entries({ executionId, value, depth }: ValueProps) {
  const [shown, setShown] = useState(ENTRIES_MAX);
  const entries = Object.entries(value as object);
  const startsOpen = depth < OPEN_DEPTH && entries.length <= OPEN_ENTRIES_MAX;
  return (
    <ul>
      {entries.slice(0, shown).map(([name, inner]) => (
        <Entry key={name} executionId={executionId} name={name} value={inner} depth={depth} startsOpen={startsOpen} />
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" onClick={() => setShown(shown + 10 * ENTRIES_MAX)}>
            {(entries.length - shown).toLocaleString()} more
          </button>
        </li>
      )}
    </ul>
  );
}

interface EntryProps extends ValueProps {
  readonly name: string;
  readonly startsOpen: boolean;
}

function Entry({ executionId, name, value, depth, startsOpen }: EntryProps) {
  const [open, setOpen] = useState(startsOpen);
  const isTree = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isTree)
    return (
      <li className="leaf">
        <span className="name">{name}</span> <Leaf executionId={executionId} value={value} />
      </li>
    );
  const size = Object.keys(value).length;
  return (
    <li>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="name">{name}</span>{' '}
          <span className="quiet size">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
        </summary>
        {open && <Entries executionId={executionId} value={value} depth={depth + 1} />}
      </details>
    </li>
  );
}

function Leaf({ executionId, value }: { readonly executionId: string; readonly value: unknown }) {
  if (typeof value === 'string' && FILE.test(value))
    return (
      <a className="file" href={fileLink(executionId, value)} download={fileName(value)} title={value}>
        ⤓ {fileName(value)}
      </a>
    );
  if (typeof value === 'string') return <Text text={value} />;
  return <span className="atom">{JSON.stringify(value)}</span>;
}

function Text({ text }: { readonly text: string }) {
  const [whole, setWhole] = useState(false);
  if (text === '') return <span className="quiet">empty text</span>;
  if (whole || text.length <= TEXT_CHARACTERS_MAX) return <span className="text">{text}</span>;
  return (
    <span className="text">
      {text.slice(0, TEXT_CHARACTERS_MAX)}…{' '}
      <button type="button" onClick={() => setWhole(true)}>
        all {text.length.toLocaleString()} characters
      </button>
    </span>
  );
}

const fileName = (uri: string): string => decodeURIComponentSafely(uri.split('/').at(-1)?.split('?')[0] || uri);

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A name may hold a bare percent sign.
  }
}
