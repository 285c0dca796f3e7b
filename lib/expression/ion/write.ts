/** A value as Ion text, as Kestra writes it: bare symbols as names, doubles with an exponent, nothing between the parts. */
import { BoundedText, deepValue } from '../budget.ts';
import { Entry, isMap } from '../value/map.ts';
import { isNumeric, type Numeric, numberKind, numberText, plain } from '../value/number.ts';
import { isBareSymbol } from './text.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

export function ionText(value: unknown): string {
  const text = new BoundedText();
  write(value, text, 0);
  return text.done;
}

function write(value: unknown, text: BoundedText, depth: number): void {
  deepValue(depth);
  if (typeof value === 'string') text.add(`"${escaped(value, '"')}"`);
  else if (isNumeric(value)) text.add(numberIon(value));
  else if (Array.isArray(value)) {
    text.add('[');
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text.add(',');
      write(value[index], text, depth + 1);
    }
    text.add(']');
  } else if (isMap(value) || value instanceof Entry) {
    const map = value instanceof Entry ? { [value.key]: value.value } : value;
    let before = '{';
    for (const [key, item] of Object.entries(map)) {
      text.add(`${before}${isBareSymbol(key) ? key : `'${escaped(key, "'")}'`}:`);
      write(item, text, depth + 1);
      before = ',';
    }
    text.add(before === '{' ? '{}' : '}');
  } else text.add(String(value ?? null));
}

/** A double is an Ion float, which is told from a decimal by its exponent. */
function numberIon(value: Numeric): string {
  const kind = numberKind(value);
  if (kind !== 'Double' && kind !== 'Float') return numberText(value).replace('E+', 'd').replace('E', 'd');
  // A float of 32 bits is widened, so its further digits show.
  const amount = kind === 'Float' ? Math.fround(plain(value)) : plain(value);
  if (!Number.isFinite(amount)) return Number.isNaN(amount) ? 'nan' : amount > 0 ? '+inf' : '-inf';
  const text = String(amount);
  return text.includes('e') ? text.replace('+', '') : `${text}e0`;
}

function escaped(text: string, quote: string): string {
  return text.replace(/[\\"']|\p{Cc}/gu, (char) => {
    if ((char === '"' || char === "'") && char !== quote) return char;
    return ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
