/** The partitions: those where something waits or nobody is, or all of them. */
import { useState } from 'react';
import type { PartitionView, ServicesView } from '../../api/operator.ts';

const isQuiet = ({ owner, messagesWaiting, commitsBehind, deadLetters }: PartitionView): boolean =>
  owner !== undefined && messagesWaiting + commitsBehind + deadLetters === 0;

export function PartitionTable({ services: { results, partitions } }: { readonly services: ServicesView }) {
  const [all, setAll] = useState(false);
  const quiet = partitions.filter(isQuiet).length;
  const shown = all ? partitions : partitions.filter((each) => !isQuiet(each));
  const nameOf = (owner: string | undefined): string => {
    const found = results.find(({ id }) => id === owner);
    if (found) return `${found.role} at ${found.host} · ${found.pid}`;
    return owner === undefined ? 'nobody' : `${owner.slice(0, 8)}, which is silent`;
  };
  return (
    <>
      {shown.length > 0 && (
        <table className="partitions">
          <thead>
            <tr>
              <th className="partition">Partition</th>
              <th>Lease</th>
              <th className="number">Messages waiting</th>
              <th className="number">Commits behind</th>
              <th className="number">Dead letters</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.partition}>
                <td className="mono">{each.partition}</td>
                <td className={`cut${each.owner === undefined ? ' warning' : ''}`}>{nameOf(each.owner)}</td>
                <td className="number">{each.messagesWaiting.toLocaleString()}</td>
                <td className="number">{each.commitsBehind.toLocaleString()}</td>
                <td className="number">{each.deadLetters.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="pages">
        {quiet === partitions.length
          ? `All ${quiet} have an owner, and nothing waits in them.`
          : `${quiet} of ${partitions.length} have an owner, and nothing waits in them.`}
        <button type="button" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? 'Only where something waits' : 'Show all'}
        </button>
      </p>
    </>
  );
}
