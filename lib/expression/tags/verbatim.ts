/**
 * `{% raw %} … {% endraw %}` and `{% verbatim %} … {% endverbatim %}`: text with marks in it that mean nothing. Raw text stays as
 * it is, whatever dashes stand in its tags; verbatim text loses the white space it begins with, and what its dashes take.
 */
const RAW = /\{%-*\s*raw\s*-*%\}([\s\S]*?)\{%-*\s*endraw\s*-*%\}/y;
const VERBATIM = /\{%-?\s*verbatim\s*-?%\}([\s\S]*?)\{%(-?)\s*endverbatim\s*(-?)%\}/y;
const OPENING = /\{%-*\s*(raw|verbatim)\s*-*%\}/y;

export type Verbatim = {
  readonly raw: boolean;
  readonly text: string;
  readonly end: number;
  readonly trimsNext: boolean;
};

/** What stands verbatim at an offset; `unclosed` where it has no end; `undefined` if there is no such tag. */
export function verbatimAt(source: string, at: number): Verbatim | 'unclosed' | undefined {
  const raw = matchAt(RAW, source, at);
  if (raw) return { raw: true, text: raw[1]!, end: at + raw[0].length, trimsNext: false };
  const found = matchAt(VERBATIM, source, at);
  if (!found) return matchAt(OPENING, source, at) ? 'unclosed' : undefined;
  const text = found[1]!.trimStart();
  return {
    raw: false,
    text: found[2] ? text.trimEnd() : text,
    end: at + found[0].length,
    trimsNext: found[3] === '-',
  };
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}
