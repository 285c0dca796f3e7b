/** The execution or the flow that a dead letter is for. */
import type { LetterView } from '../../api/operator.ts';
import { Link } from '../../parts/link.tsx';
import { shortId } from '../../parts/short-id.ts';
import { paths } from '../../route.ts';

export function LetterOf({ letter: { executionId, flow, partition } }: { readonly letter: LetterView }) {
  if (executionId !== undefined)
    return (
      <Link to={paths.execution(executionId)} title={executionId}>
        execution {shortId(executionId)}
      </Link>
    );
  const [namespace, id] = flow?.split('/').slice(-2) ?? [];
  if (namespace !== undefined && id !== undefined)
    return <Link to={paths.flow(namespace, id)}>{`${namespace}.${id}`}</Link>;
  return <span className="quiet">partition {partition}</span>;
}
