/** What narrows the list: a search, and a chip for each filter; a menu adds more. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { Menu } from '../../parts/menu.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { SinceSelect, sinceText } from '../../parts/since-select.tsx';
import { SEARCHED_STATES, StateBadge } from '../../parts/state.tsx';
import type { ListView } from '../../route.ts';

interface FiltersProps {
  readonly view: ListView;
  readonly narrow: (change: Partial<ListView>) => void;
}

type Asked = 'namespace' | 'flowId' | 'label';
const ASKED: Readonly<Record<Asked, readonly [title: string, placeholder: string]>> = {
  namespace: ['Namespace, and those below it', 'company.team'],
  flowId: ['Id of a flow', 'hello'],
  label: ['Label', 'name:value'],
};

export function Filters({ view, narrow }: FiltersProps) {
  const [asks, setAsks] = useState<Asked>();
  const add = (what: Asked) => ({ text: `${ASKED[what][0]}…`, act: () => setAsks(what) });
  return (
    <>
      <div className="title">
        <h1>Executions</h1>
        <span className="space" />
        <SearchField
          text={view.text}
          label="Search executions"
          placeholder="Search id, flow or label"
          onSearch={(text) => narrow({ text })}
        />
        <select
          aria-label="State"
          value=""
          onChange={(event) => narrow({ states: [...new Set([...view.states, event.target.value])] })}
        >
          <option value="">{view.states.length > 0 ? 'Another state' : 'All states'}</option>
          {SEARCHED_STATES.filter((state) => !view.states.includes(state)).map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
        <SinceSelect since={view.since} onChange={(since) => narrow({ since })} />
        <Menu label="Filter ▾" name="Add a filter" items={[add('namespace'), add('flowId'), add('label')]} />
      </div>
      <Chips view={view} narrow={narrow} />
      {asks && (
        <AskFor
          what={asks}
          onClose={() => setAsks(undefined)}
          onGiven={(given) => {
            setAsks(undefined);
            narrow(asks === 'label' ? { labels: [...new Set([...view.labels, given])] } : { [asks]: given });
          }}
        />
      )}
    </>
  );
}

function Chips({ view, narrow }: FiltersProps) {
  const { states, namespace, flowId, labels, since } = view;
  const span = sinceText(since);
  const count = states.length + labels.length + [namespace, flowId, since].filter(Boolean).length;
  if (count === 0) return null;
  return (
    <ul className="chips" aria-label="Filters">
      {states.map((state) => (
        <Chip key={state} name={state} onGone={() => narrow({ states: states.filter((each) => each !== state) })}>
          <StateBadge state={state} />
        </Chip>
      ))}
      {since && <Chip name={`in ${span}`} onGone={() => narrow({ since: '' })} />}
      {namespace && <Chip name={`namespace ${namespace}`} onGone={() => narrow({ namespace: '' })} />}
      {flowId && <Chip name={`flow ${flowId}`} onGone={() => narrow({ flowId: '' })} />}
      {labels.map((label) => (
        <Chip key={label} name={label} onGone={() => narrow({ labels: labels.filter((each) => each !== label) })} />
      ))}
      {count > 1 && (
        <li>
          <button
            type="button"
            className="plain"
            onClick={() => narrow({ states: [], labels: [], namespace: '', flowId: '', since: '' })}
          >
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

interface ChipProps {
  readonly name: string;
  readonly onGone: () => void;
  readonly children?: ReactNode;
}

function Chip({ name, onGone, children }: ChipProps) {
  return (
    <li className="chip">
      <span className="cut">{children ?? name}</span>
      <button type="button" className="plain" aria-label={`Without the filter ${name}`} onClick={onGone}>
        ✕
      </button>
    </li>
  );
}

interface AskForProps {
  readonly what: Asked;
  readonly onGiven: (given: string) => void;
  readonly onClose: () => void;
}

function AskFor({ what, onGiven, onClose }: AskForProps) {
  const [title, placeholder] = ASKED[what];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get('given')).trim();
    if (given !== '') onGiven(given);
  };
  return (
    <Dialog title="Only executions with" onClose={onClose}>
      <form className="run" onSubmit={submit}>
        <div className="field">
          <label htmlFor="filter-given">{title}</label>
          <input
            id="filter-given"
            name="given"
            required
            placeholder={placeholder}
            pattern={what === 'label' ? '[^:]+:.*' : undefined}
            title={what === 'label' ? 'name:value' : undefined}
            autoComplete="off"
          />
        </div>
        <button type="submit">Show them</button>
      </form>
    </Dialog>
  );
}
