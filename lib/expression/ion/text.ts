/** What Ion's text has in common for reading and writing: symbols that need no quotes, and what is no symbol. */
export const SYMBOL = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const WORDS: readonly string[] = ['null', 'true', 'false', 'nan'];

export function isBareSymbol(text: string): boolean {
  SYMBOL.lastIndex = 0;
  return SYMBOL.exec(text)?.[0] === text && !WORDS.includes(text);
}
