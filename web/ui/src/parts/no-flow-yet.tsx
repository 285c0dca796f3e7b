/** What stands where there is no flow yet: how the first one comes. */
import { paths } from '../route.ts';
import { Link } from './link.tsx';

export const NoFlowYet = () => (
  <>
    <p>
      No flow yet. A flow says in YAML what shall run, one task after the other.{' '}
      <Link to={paths.newFlow}>Write the first one here</Link>: an example stands there already.
    </p>
    <p>Or write it into a file, and run it by the command line, which saves it first:</p>
    <pre>npx windhover run hello.yaml --follow</pre>
  </>
);
