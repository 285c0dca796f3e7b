/** A value as Java makes a text of it (`toString`): what `~`, `+` and `join` write. Lists are `[1, a]`, maps `{k=v}`, null is `null`. */
import { BoundedText, deepValue } from '../budget.ts';
import { Entry, isMap } from './map.ts';
import { isNumeric, numberText } from './number.ts';

export function javaText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return scalarText(value);
  if (isNumeric(value)) return numberText(value);
  const text = new BoundedText();
  write(value, text, 0);
  return text.done;
}

function write(value: unknown, text: BoundedText, depth: number): void {
  if (depth > 0) deepValue(depth);
  if (Array.isArray(value)) {
    text.add('[');
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text.add(', ');
      write(value[index], text, depth + 1);
    }
    text.add(']');
  } else if (value instanceof Entry) {
    text.add(`${value.key}=`);
    write(value.value, text, depth + 1);
  } else if (isMap(value)) {
    let before = '{';
    for (const [key, item] of Object.entries(value)) {
      text.add(`${before}${key}=`);
      write(item, text, depth + 1);
      before = ', ';
    }
    text.add(before === '{' ? '{}' : '}');
  } else text.add(typeof value === 'string' ? value : scalarText(value));
}

const scalarText = (value: unknown): string => (isNumeric(value) ? numberText(value) : String(value ?? null));
