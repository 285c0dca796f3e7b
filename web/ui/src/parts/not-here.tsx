/** What stands where nothing can be shown: what happened, in the server's words, and where to go on. */
import { useTitle } from '../navigation.ts';
import { paths } from '../route.ts';
import { Link } from './link.tsx';

export function NotHere({ title, text }: { readonly title: string; readonly text: string }) {
  useTitle(title);
  return (
    <section className="not-here">
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <Link to={paths.executions}>All executions</Link> <Link to={paths.flows}>All flows</Link>
      </p>
    </section>
  );
}
