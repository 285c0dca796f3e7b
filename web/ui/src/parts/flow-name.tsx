/** A flow's whole name on one line: where there is no room, the namespace is cut first. */
export function FlowName({ namespace, id }: { readonly namespace: string; readonly id: string }) {
  return (
    <span className="flow-name" title={`${namespace}.${id}`}>
      <span className="quiet cut">{namespace}.</span>
      <span className="cut">{id}</span>
    </span>
  );
}
