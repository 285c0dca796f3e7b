/** The frame: navigation, the page that the address names, sign-in where it is needed. */
import { useEffect, useState } from 'react';
import { onSignedOut } from './api.ts';
import { ExecutionPage } from './pages/execution.tsx';
import { ExecutionsPage } from './pages/executions.tsx';
import { FlowPage } from './pages/flow.tsx';
import { FlowsPage } from './pages/flows.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Link } from './parts/link.tsx';
import { ThemeButton } from './parts/theme.tsx';
import { paths, type Route, useRoute } from './route.ts';

export function App() {
  const route = useRoute();
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => onSignedOut(() => setSignedOut(true)), []);
  if (signedOut) return <SignIn onDone={() => setSignedOut(false)} />;
  return (
    <>
      <header className="top">
        <Link to={paths.executions} className="brand">
          <img src="/ui/windhover.svg" alt="" width="24" height="24" /> Windhover
        </Link>
        <nav>
          <Link to={paths.flows} className={route.page.startsWith('flow') ? 'here' : ''}>
            Flows
          </Link>
          <Link to={paths.executions} className={route.page.startsWith('execution') ? 'here' : ''}>
            Executions
          </Link>
        </nav>
        <ThemeButton />
      </header>
      <main>
        <Page route={route} />
      </main>
    </>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'flows':
      return <FlowsPage />;
    case 'flow':
      return <FlowPage key={`${route.namespace}/${route.id}`} namespace={route.namespace} id={route.id} />;
    case 'executions':
      return <ExecutionsPage />;
    case 'execution':
      return <ExecutionPage key={route.id} id={route.id} taskRunId={route.taskRunId} />;
    case 'unknown':
      return (
        <p className="empty">
          There is nothing at this address. <Link to={paths.executions}>See the executions</Link>
        </p>
      );
  }
}
