/** Executions around this one: what started it, what it is a replay of, and those that it has started. */

import { childrenOf } from '../../api/executions.ts';
import type { ExecutionView } from '../../api.ts';
import { Link } from '../../parts/link.tsx';
import { shortId } from '../../parts/short-id.ts';
import { isLive, StateBadge } from '../../parts/state.tsx';
import { paths } from '../../route.ts';
import { useAsk } from '../../use-ask.ts';
import { Values } from './values.tsx';

const FRESH_MS = 3_000;

/** The execution that started it by a Subflow or a flow trigger. */
const startedBy = ({ trigger }: ExecutionView): string | undefined => {
  const id = trigger?.variables?.executionId;
  return typeof id === 'string' ? id : undefined;
};

export function Relatives({ execution }: { readonly execution: ExecutionView }) {
  const { id, state, trigger, parentId } = execution;
  const { value } = useAsk(`children ${id}`, () => childrenOf(id), {
    everyMs: isLive(state.current) ? FRESH_MS : undefined,
  });
  const parent = startedBy(execution);
  const children = value?.results ?? [];
  return (
    <>
      {(parent ?? parentId) !== undefined && (
        <>
          <h2>Where it comes from</h2>
          {parent && (
            <p>
              Started by <Link to={paths.execution(parent)}>the execution {shortId(parent)}</Link>, its task{' '}
              {String(trigger?.variables?.taskId ?? trigger?.id)}.
            </p>
          )}
          {parentId && (
            <p>
              A replay of <Link to={paths.execution(parentId)}>the execution {shortId(parentId)}</Link>.
            </p>
          )}
        </>
      )}
      {children.length > 0 && (
        <>
          <h2>Executions that it started</h2>
          <ul className="relatives">
            {children.map((child) => (
              <li key={child.id}>
                <StateBadge state={child.state.current} />{' '}
                <Link to={paths.execution(child.id)}>
                  {child.namespace}.{child.flowId}
                </Link>{' '}
                <span className="mono quiet">{shortId(child.id)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {!parent && trigger?.variables && Object.keys(trigger.variables).length > 0 && (
        <>
          <h2>What its trigger said</h2>
          <Values executionId={id} values={trigger.variables} empty="" />
        </>
      )}
    </>
  );
}
