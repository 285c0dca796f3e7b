/** The same by a command: for scripts, and for whoever would rather type. */
import { API } from '../api.ts';
import { Code } from '../parts/code.tsx';
import { curlOf, runLineOf } from './command-lines.ts';
import type { Entry } from './form-body.ts';

interface EquivalentsProps {
  readonly namespace: string;
  readonly id: string;
  readonly entries: readonly Entry[];
}

export function Equivalents({ namespace, id, entries }: EquivalentsProps) {
  const url = `${location.origin}${API}/executions/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
  return (
    <details className="equivalents">
      <summary>The same by a command</summary>
      <h3>curl</h3>
      <Code label="curl command" text={curlOf('POST', url, entries)} />
      <h3>Command line</h3>
      <Code label="command line" text={runLineOf(namespace, id, entries)} />
    </details>
  );
}
