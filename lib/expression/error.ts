/** What a wrong expression throws: where it is wrong (line and column from 1), the line with a caret under it, and why. */
const EXCERPT_CHARS_MAX = 160;
const CARET_LEAD_CHARS = 80;

/** `missing`: a variable or a property that does not exist, which `??`, `default` and `is defined` forgive. */
export type ExpressionFault = 'syntax' | 'missing' | 'type' | 'budget';

/** A place in a template: its whole source, and the offset in it. */
export type Site = { readonly source: string; readonly at: number };

export class ExpressionError extends Error {
  readonly fault: ExpressionFault;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
  /** The reason alone, without the place and the hint. */
  readonly reason: string;
  readonly hint: string;

  constructor(fault: ExpressionFault, reason: string, site: Site, hint = '') {
    const { line, column, text } = placeOf(site);
    // As Kestra words what is missing, and people search for it.
    const place = `${fault === 'missing' ? 'used in' : 'in'} the expression \`${shortened(site.source)}\` at line ${line}, column ${column}`;
    super(`${reason} ${place}${hint && `; ${hint}`}`);
    this.name = 'ExpressionError';
    this.fault = fault;
    this.reason = reason;
    this.hint = hint;
    this.line = line;
    this.column = column;
    this.excerpt = excerptOf(text, column);
  }
}

function placeOf({ source, at }: Site): { line: number; column: number; text: string } {
  const before = source.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  const end = source.indexOf('\n', at);
  const line = before.split('\n').length;
  return { line, column: at - start + 1, text: source.slice(start, end === -1 ? undefined : end) };
}

/** A long line is cut around the caret, so that the excerpt stays one line on a screen. */
function excerptOf(text: string, column: number): string {
  const from = text.length <= EXCERPT_CHARS_MAX ? 0 : Math.max(0, column - 1 - CARET_LEAD_CHARS);
  return `${text.slice(from, from + EXCERPT_CHARS_MAX)}\n${' '.repeat(column - 1 - from)}^`;
}

function shortened(source: string): string {
  const trimmed = source.trim();
  return trimmed.length <= EXCERPT_CHARS_MAX ? trimmed : `${trimmed.slice(0, EXCERPT_CHARS_MAX)}…`;
}

/** Thrown by operators, filters and functions, which do not know where they stand; the caller adds the place. */
export class ValueError extends Error {
  readonly fault: ExpressionFault;
  readonly hint: string;
  constructor(reason: string, fault: ExpressionFault = 'type', hint = '') {
    super(reason);
    this.hint = hint;
    this.name = 'ValueError';
    this.fault = fault;
  }
}

/** Gives a fault its place. What is no fault of the expression (a bug of ours) passes as it is. */
export function placed(error: unknown, site: Site): unknown {
  if (error instanceof ValueError) return new ExpressionError(error.fault, error.message, site, error.hint);
  return error instanceof RangeError
    ? new ExpressionError('budget', `too much for one expression: ${error.message}`, site)
    : error;
}
