/** The parts of a page as tabs. Each has an address: they are links, and the browser's own keys and buttons work. */
import { Link } from './link.tsx';

export interface Tab {
  readonly name: string;
  readonly text: string;
  readonly to: string;
}

export function Tabs({
  tabs,
  here,
  label,
}: {
  readonly tabs: readonly Tab[];
  readonly here: string;
  readonly label: string;
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ name, text, to }) => (
        <Link key={name} to={to} here={name === here}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
