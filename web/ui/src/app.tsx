/** The frame: navigation, the page that the address names, sign-in where it is needed. */
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { onSignedOut, signOut, whoAmI } from './api.ts';
import { Palette, usePalette } from './frame/palette.tsx';
import { useRoute } from './navigation.ts';
import { ExecutionPage } from './pages/execution/execution.tsx';
import { ExecutionsPage } from './pages/executions/executions.tsx';
import { FlowPage } from './pages/flow/flow.tsx';
import { FlowsPage } from './pages/flows/flows.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { StartPage } from './pages/start/start.tsx';
import { Link } from './parts/link.tsx';
import { NotHere } from './parts/not-here.tsx';
import { ThemeButton } from './parts/theme.tsx';
import { paths, type Route } from './route.ts';
import { useAsk } from './use-ask.ts';

const OPERATIONS: ReadonlySet<Route['page']> = new Set(['services', 'dead letters', 'dead letter']);
const NOBODY = 'anonymous';
const NewFlow = lazy(() => import('./editor/new-flow.tsx'));
const LogsPage = lazy(() => import('./pages/logs/logs.tsx'));
const Operations = lazy(() => import('./pages/services/operations.tsx'));
const PluginsPage = lazy(() => import('./pages/plugins/plugins.tsx'));

export function App() {
  const route = useRoute();
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => onSignedOut(() => setSignedOut(true)), []);
  const [seeks, setSeeks] = usePalette();
  const main = useRef<HTMLElement>(null);
  const place = placeOf(route);
  const shown = useRef(place);
  // The link that was followed is gone: the next Tab begins in what it led to, not at the top again.
  useEffect(() => {
    if (shown.current !== place) main.current?.focus({ preventScroll: true });
    shown.current = place;
  }, [place]);
  if (signedOut) return <SignIn onDone={() => setSignedOut(false)} />;
  return (
    <>
      <header className="top">
        <Link to={paths.start} className="brand">
          <img src="/ui/windhover.svg" alt="" width="24" height="24" /> Windhover
        </Link>
        <nav>
          <Link to={paths.start} here={route.page === 'start'}>
            Start
          </Link>
          <Link to={paths.flows} here={['flows', 'flow', 'new flow'].includes(route.page)}>
            Flows
          </Link>
          <Link to={paths.executions} here={route.page.startsWith('execution')}>
            Executions
          </Link>
          <Link to={paths.logs} here={route.page === 'logs'}>
            Logs
          </Link>
          <Link to={paths.plugins} here={route.page === 'plugins'}>
            Plugins
          </Link>
          <Link to={paths.services} here={OPERATIONS.has(route.page)}>
            Services
          </Link>
        </nav>
        <button type="button" className="seek" title="Ctrl+K" onClick={() => setSeeks(true)}>
          Go to…
        </button>
        <Who />
        <ThemeButton />
      </header>
      <main ref={main} tabIndex={-1}>
        <Suspense fallback={<p className="loading">Loading…</p>}>
          <Page route={route} />
        </Suspense>
      </main>
      {seeks && <Palette onClose={() => setSeeks(false)} />}
    </>
  );
}

function Who() {
  const { value } = useAsk('me', whoAmI);
  const [leaving, setLeaving] = useState(false);
  if (!value || value.username === NOBODY) return null;
  const leave = () => {
    setLeaving(true);
    signOut().catch(() => setLeaving(false));
  };
  return (
    <span className="who">
      <span className="quiet cut">{value.username}</span>
      <button type="button" disabled={leaving} onClick={leave}>
        Sign out
      </button>
    </span>
  );
}

/** What differs between two pages; a filter of a list is none. */
function placeOf(route: Route): string {
  switch (route.page) {
    case 'flow':
      return `flow ${route.namespace} ${route.id}`;
    case 'execution':
      return `execution ${route.id}`;
    case 'plugins':
      return `plugins ${route.type}`;
    case 'start':
    case 'new flow':
    case 'flows':
    case 'executions':
    case 'logs':
    case 'services':
    case 'dead letters':
    case 'dead letter':
    case 'unknown':
      return route.page;
  }
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'start':
      return <StartPage view={route.view} />;
    case 'flows':
      return <FlowsPage text={route.text} namespace={route.namespace} number={route.number} />;
    case 'new flow':
      return <NewFlow />;
    case 'flow':
      return <FlowPage key={placeOf(route)} {...route} />;
    case 'executions':
      return <ExecutionsPage view={route.view} />;
    case 'execution':
      return <ExecutionPage key={route.id} id={route.id} taskRunId={route.taskRunId} view={route.view} />;
    case 'logs':
      return <LogsPage view={route.view} />;
    case 'plugins':
      return <PluginsPage type={route.type} />;
    case 'services':
    case 'dead letters':
    case 'dead letter':
      return <Operations route={route} />;
    case 'unknown':
      return <NotHere title="Nothing is here" text="This address leads nowhere." />;
  }
}
