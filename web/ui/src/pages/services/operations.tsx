/** What an operator looks at: the servers that live, and messages that were given up; each has an address. */
import type { ReactNode } from 'react';
import { Tabs } from '../../parts/tabs.tsx';
import { paths, type Route } from '../../route.ts';
import { DeadLetter } from './dead-letter.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Services } from './services.tsx';
import './services.css';

export type OperationsRoute = Extract<Route, { page: 'services' | 'dead letters' | 'dead letter' }>;

const TABS = [
  { name: 'services', text: 'Servers', to: paths.services },
  { name: 'dead letters', text: 'Dead letters', to: paths.deadLetters() },
];

export default function Operations({ route }: { readonly route: OperationsRoute }) {
  return (
    <section>
      <div className="title">
        <h1>Services</h1>
      </div>
      <Tabs tabs={TABS} here={route.page === 'services' ? 'services' : 'dead letters'} label="Parts of this page" />
      {contentOf(route)}
    </section>
  );
}

function contentOf(route: OperationsRoute): ReactNode {
  switch (route.page) {
    case 'services':
      return <Services />;
    case 'dead letters':
      return <DeadLetters number={route.number} />;
    case 'dead letter':
      return <DeadLetter key={route.id} id={route.id} />;
  }
}
