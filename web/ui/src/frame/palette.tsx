/** One box that leads anywhere: pages, flows and executions by a word. Ctrl+K opens it, arrows move in it, Enter goes. */
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useState } from 'react';
import { searchExecutions } from '../api/executions.ts';
import { searchFlows } from '../api/flows.ts';
import { go } from '../navigation.ts';
import { Dialog } from '../parts/dialog.tsx';
import { shortId } from '../parts/short-id.ts';
import { StateBadge } from '../parts/state.tsx';
import { paths } from '../route.ts';
import { useAsk } from '../use-ask.ts';

interface Found {
  readonly to: string;
  readonly text: string;
  readonly about: string;
  readonly state?: string;
}

const EACH_MAX = 6;
const PAGES: readonly Found[] = [
  { to: paths.start, text: 'Start', about: 'page' },
  { to: paths.flows, text: 'Flows', about: 'page' },
  { to: paths.newFlow, text: 'New flow', about: 'page' },
  { to: paths.executions, text: 'Executions', about: 'page' },
  { to: paths.listOf({ states: ['FAILED'] }), text: 'Executions that failed', about: 'page' },
  { to: paths.listOf({ states: ['RUNNING'] }), text: 'Executions that run', about: 'page' },
  { to: paths.logs, text: 'Logs', about: 'page' },
  { to: paths.plugins, text: 'Plugins', about: 'page' },
  { to: paths.services, text: 'Services', about: 'page' },
  { to: paths.deadLetters(), text: 'Dead letters', about: 'page' },
];

/** Opens it by the key, wherever the focus is. */
export function usePalette(): readonly [open: boolean, setOpen: (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const hear = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
  return [open, setOpen];
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const id = useId();
  const found = useFound(useDeferredValue(text.trim()));
  const at = Math.min(place, found.length - 1);
  const follow = (to: string) => {
    onClose();
    go(to);
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setPlace((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter' && found[at]) follow(found[at].to);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose} className="run-dialog palette">
      <form onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[at] && `${id}-${at}`}
          aria-label="A flow, an execution or a page"
          placeholder="A flow, an execution or a page"
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setPlace(0);
          }}
          onKeyDown={keys}
        />
      </form>
      <div role="listbox" id={id} aria-label="Found">
        {found.map((each, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above hears the keys
          <div
            key={each.to}
            id={`${id}-${n}`}
            role="option"
            tabIndex={-1}
            aria-selected={n === at}
            onClick={() => follow(each.to)}
          >
            <span className="cut">{each.text}</span>
            {each.state && <StateBadge state={each.state} />}
            <span className="quiet cut">{each.about}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="empty">Nothing fits “{text}”.</p>}
    </Dialog>
  );
}

function useFound(text: string): readonly Found[] {
  const query = new URLSearchParams({ size: String(EACH_MAX), ...(text && { q: text }) });
  const flows = useAsk(`palette flows ${text}`, () => searchFlows(query), { keep: true });
  const executions = useAsk(
    `palette executions ${text}`,
    () => searchExecutions(new URLSearchParams([...query, ['sort', 'state.startDate:desc']])),
    { keep: true },
  );
  const fits = ({ text: name }: Found) => name.toLowerCase().includes(text.toLowerCase());
  return [
    ...PAGES.filter(fits).slice(0, text ? EACH_MAX : 4),
    ...(flows.value?.results ?? []).map(({ namespace, id }) => ({
      to: paths.flow(namespace, id),
      text: id,
      about: `flow of ${namespace}`,
    })),
    ...(executions.value?.results ?? []).map(({ id, flowId, state }) => ({
      to: paths.execution(id),
      text: flowId,
      about: `execution ${shortId(id)}`,
      state: state.current,
    })),
  ];
}
