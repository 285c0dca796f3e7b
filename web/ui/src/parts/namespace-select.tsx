/** Narrows what is shown to a namespace and those below it; nothing where there is one only. */
import { namespaces } from '../api/flows.ts';
import { useAsk } from '../use-ask.ts';

const FRESH_MS = 30_000;

interface NamespaceSelectProps {
  /** Empty: all. */
  readonly namespace: string;
  readonly onChange: (namespace: string) => void;
}

export function NamespaceSelect({ namespace, onChange }: NamespaceSelectProps) {
  const { value: known = [] } = useAsk('namespaces', namespaces, { everyMs: FRESH_MS });
  if (known.length < 2 && namespace === '') return null;
  // What an address names may have no flow any more.
  const names = known.includes(namespace) || namespace === '' ? known : [namespace, ...known];
  return (
    <select aria-label="Namespace" value={namespace} onChange={(event) => onChange(event.target.value)}>
      <option value="">All namespaces</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
