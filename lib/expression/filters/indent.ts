/** `indent` moves every line but the first, which stands where it is written; `nindent` begins a new line before it. */
import { TEXT_CHARS_MAX, tooLong } from '../budget.ts';
import type { Filter } from '../callable.ts';
import { ValueError } from '../error.ts';
import { javaText } from '../value/text.ts';
import { textOf, wholeOf } from './argument.ts';

const LINE_ENDS: readonly string[] = ['\r\n', '\n\r', '\n', '\r'];

const indenting = (lead: (lineEnd: string) => string): Filter => ({
  parameters: ['amount', 'prefix'],
  required: 1,
  apply(input, [amount, prefix]) {
    const text = javaText(input);
    const count = wholeOf(amount, 'amount');
    if (count < 0) throw new ValueError(`expected an amount of at least 0, got ${count}`);
    if (text === '') return text;
    const unit = prefix === undefined ? ' ' : textOf(prefix, 'prefix');
    const lineEnd = LINE_ENDS.find((end) => text.includes(end)) ?? '\n';
    const whole = lead(lineEnd) + text;
    const lines = whole.split(lineEnd);
    if (count * unit.length * lines.length + whole.length > TEXT_CHARS_MAX) throw tooLong();
    return lines.join(lineEnd + unit.repeat(count));
  },
});

export const indent = indenting(() => '');
export const nindent = indenting((lineEnd) => lineEnd);
