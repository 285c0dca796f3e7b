/** The name of a flow, as lists show it. */
import { paths } from '../route.ts';
import { Link } from './link.tsx';

/** A flow's whole name on one line: where there is no room, the namespace is cut first. */
export function FlowName({ namespace, id }: { readonly namespace: string; readonly id: string }) {
  return (
    <span className="flow-name" title={`${namespace}.${id}`}>
      <span className="quiet cut">{namespace}.</span>
      <span className="cut">{id}</span>
    </span>
  );
}

/** And leads to its page. */
export function FlowLink(flow: { readonly namespace: string; readonly id: string }) {
  return (
    <Link to={paths.flow(flow.namespace, flow.id)}>
      <FlowName {...flow} />
    </Link>
  );
}
