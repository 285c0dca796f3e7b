/** What is wrong with what somebody wrote, and where: printed in a terminal, sent as JSON, marked in an editor. */
export interface Problem {
  /** *expected …, got …* in one sentence, without the place. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
  /** Where in the document, such as `tasks[2].message`; empty for the whole. */
  readonly path: string;
  /** From 1; absent where there is no text to point at. */
  readonly line?: number;
  readonly column?: number;
  readonly expected?: string;
  readonly got?: string;
  /** What Kestra would have said, where its clients look for that text. */
  readonly kestra?: string;
}
