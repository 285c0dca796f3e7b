/** What is wrong with a source, from the server, marked at its line. A "did you mean" can be taken by a click or a key. */
import { type Diagnostic, linter } from '@codemirror/lint';
import type { Extension, Text } from '@codemirror/state';
import type { ValidationBody } from '../../../api/bodies.ts';
import { validateFlow } from '../api/flows.ts';

export type FlowProblem = ValidationBody['problems'][number];

const REST_MS = 300;
const MEANT = /\(did you mean ([^\s?]+)\?\)/;

/** `onProblems`: undefined where the server did not answer. */
export const validation = (onProblems: (problems: readonly FlowProblem[] | undefined) => void): Extension =>
  linter(
    async (view) => {
      try {
        const { problems = [] } = (await validateFlow(view.state.doc.toString())) ?? {};
        onProblems(problems);
        return problems.map((problem) => diagnosticOf(problem, view.state.doc));
      } catch {
        onProblems(undefined);
        return [];
      }
    },
    { delay: REST_MS },
  );

/** Lines and columns count from 1; what names no place stands at the beginning. */
export function rangeOf(
  { line = 1, column = 1 }: FlowProblem,
  doc: Text,
): { readonly from: number; readonly to: number } {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = Math.min(at.from + Math.max(0, column - 1), at.to);
  const rest = doc.sliceString(from, at.to).trimEnd();
  return { from, to: from + rest.length };
}

function diagnosticOf(problem: FlowProblem, doc: Text): Diagnostic {
  const { from, to } = rangeOf(problem, doc);
  const { message, path, severity } = problem;
  const meant = MEANT.exec(message)?.[1];
  return {
    from,
    to,
    severity: severity === 'error' ? 'error' : 'warning',
    message: path ? `${path}: ${message}` : message,
    actions: meant === undefined ? [] : [takes(meant, problem.got)],
  };
}

/** Puts what was meant where the other stands. */
function takes(meant: string, got: string | undefined): NonNullable<Diagnostic['actions']>[number] {
  return {
    name: `Use ${meant}`,
    apply: (view, from, to) => {
      const text = view.state.sliceDoc(from, to);
      const wrong = got?.replace(/^"|"$/g, '') ?? '';
      const at = wrong === '' ? -1 : text.indexOf(wrong);
      const place = at < 0 ? { from, to } : { from: from + at, to: from + at + wrong.length };
      view.dispatch({ changes: { ...place, insert: meant } });
    },
  };
}
