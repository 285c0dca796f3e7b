/**
 * What the parser would work at for too long: found by its lexer, which descends nowhere and can be left at any moment. A
 * megabyte of brackets keeps the parser busy for seconds, this one for a millisecond.
 */
import { Lexer } from 'yaml';

/** A flow of a thousand tasks has some 20,000 of them. */
const LEXEMES_MAX = 200_000;
/** What is shorter is soon parsed, whatever it is. */
const SHORT_CHARS = 2_000;
/** Between lexemes the lexer says what kind comes next, in a character of its own. */
const SIGNS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f', '\ufeff']);

/** Where it gets too much, and of what; undefined: it may be parsed. */
export function excessOf(
  source: string,
  depthMax: number,
): { readonly expected: string; readonly offset: number } | undefined {
  if (source.length <= SHORT_CHARS) return undefined;
  let [offset, depth, count] = [0, 0, 0];
  for (const lexeme of new Lexer().lex(source)) {
    if (lexeme === '[' || lexeme === '{') depth++;
    else if (lexeme === ']' || lexeme === '}') depth--;
    if (depth > depthMax) return { expected: `${depthMax} levels`, offset };
    if (++count > LEXEMES_MAX) return { expected: `${LEXEMES_MAX} words and signs`, offset };
    if (!SIGNS.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}
