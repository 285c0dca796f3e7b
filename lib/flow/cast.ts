/** A value as its declared type wants it: inputs arrive as texts, typed outputs as rendered values. */
import type { InputType } from '../model/flow.ts';
import { excerpt } from './problems.ts';

export const VALUE_TYPES: readonly InputType[] = ['STRING', 'INT', 'FLOAT', 'BOOL', 'BOOLEAN', 'JSON'];
/** Kestra has them; they come with later issues. */
export const LATER_TYPES: readonly string[] = [
  'ARRAY',
  'DATE',
  'DATETIME',
  'DURATION',
  'EMAIL',
  'ENUM',
  'FILE',
  'FORM',
  'MULTISELECT',
  'REUSABLE_INPUTS',
  'SECRET',
  'SELECT',
  'TIME',
  'URI',
  'YAML',
];

export type Cast = { readonly value: unknown } | { readonly problem: string };

const INT = /^[-+]?\d{1,16}$/;
const FLOAT = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/;
const NUMBER_CHARS_MAX = 400;

/** The problem reads *expected …, got …*. */
export function castValue(type: string, value: unknown): Cast {
  switch (type) {
    case 'STRING':
      return {
        value: typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value),
      };
    case 'INT':
      return number(value, INT, 'a whole number', Number.isSafeInteger);
    case 'FLOAT':
      return number(value, FLOAT, 'a number', Number.isFinite);
    case 'BOOL':
    case 'BOOLEAN':
      return boolean(value);
    case 'JSON':
      return json(value);
    default:
      return { problem: `the type ${type} is not supported yet` };
  }
}

function number(value: unknown, shape: RegExp, expected: string, holds: (number: number) => boolean): Cast {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  const cast =
    text.length <= NUMBER_CHARS_MAX && shape.test(text) ? Number(text) : typeof value === 'number' ? value : Number.NaN;
  return holds(cast) ? { value: cast === 0 ? 0 : cast } : { problem: `expected ${expected}, got ${excerpt(value)}` };
}

function boolean(value: unknown): Cast {
  if (typeof value === 'boolean') return { value };
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : { problem: `expected true or false, got ${excerpt(value)}` };
}

function json(value: unknown): Cast {
  if (typeof value !== 'string') return { value };
  try {
    return { value: JSON.parse(value) as unknown };
  } catch (error) {
    return { problem: `expected JSON, got ${excerpt(value)} (${(error as Error).message})` };
  }
}
