/** What is wrong with the source, in sentences; each leads to its line. */
import type { FlowProblem } from './validation.ts';

interface ProblemListProps {
  /** Undefined: the server did not answer. */
  readonly problems: readonly FlowProblem[] | undefined;
  readonly onShow: (problem: FlowProblem) => void;
}

export function ProblemList({ problems, onShow }: ProblemListProps) {
  if (!problems) return <p className="waiting">The server does not answer: what is wrong with it is not known now.</p>;
  if (problems.length === 0)
    return (
      <p className="fine" role="status">
        ✓ Nothing is wrong with it.
      </p>
    );
  return (
    <ul className="problems" aria-label="Problems" aria-live="polite">
      {problems.map((problem, n) => (
        <li key={n} className={problem.severity}>
          <button type="button" className="plain" onClick={() => onShow(problem)}>
            Line {problem.line ?? 1}
          </button>{' '}
          {problem.path && <code>{problem.path}</code>} {problem.message}
        </li>
      ))}
    </ul>
  );
}
