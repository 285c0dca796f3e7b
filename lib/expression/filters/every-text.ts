/** A value with every text in it changed, numbers and booleans as the texts that they print. Each one is paid for. */
import { type Budget, spend } from '../budget.ts';
import { isMap } from '../value/map.ts';
import { javaText } from '../value/text.ts';

export function everyText(value: unknown, budget: Budget, change: (text: string) => string): unknown {
  spend(budget, 1);
  if (Array.isArray(value)) return value.map((item) => everyText(item, budget, change));
  if (!isMap(value)) return change(javaText(value));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everyText(item, budget, change)]));
}
