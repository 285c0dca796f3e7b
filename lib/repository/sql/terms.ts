/** A search taken apart: what it asks of each row, part by part, all of which must be so. */
import type { AnywhereTerm, LabelTerm, NumberTerm, PresenceTerm, TextTerm, Where } from '../where.ts';

export type Term = TextTerm<string> | NumberTerm<string> | LabelTerm | PresenceTerm<string> | AnywhereTerm;

export const partsOf = (where: Where<Term>): readonly Where<Term>[] =>
  'all' in where ? where.all.flatMap(partsOf) : [where];

/** What it is judged by: names of fields, `label`, `anywhere`. */
export function fieldsOf(where: Where<Term>): readonly string[] {
  if ('all' in where) return where.all.flatMap(fieldsOf);
  if ('any' in where) return where.any.flatMap(fieldsOf);
  if ('not' in where) return fieldsOf(where.not);
  if ('anywhere' in where) return ['anywhere'];
  if ('label' in where) return ['label'];
  return ['present' in where ? where.present : where.field];
}

export const isOver = (where: Where<Term>, fields: ReadonlySet<string>): boolean => {
  const found = fieldsOf(where);
  return found.length > 0 && found.every((field) => fields.has(field));
};

export const isTerm = (where: Where<Term>): where is Term => !('all' in where || 'any' in where || 'not' in where);

/** The values, where it says that the field has one of them. */
export function valuesOf(where: Where<Term>, field: string): readonly string[] | undefined {
  if ('any' in where && where.any.length > 0) {
    const all = where.any.map((each) => valuesOf(each, field));
    return all.every((values) => values !== undefined) ? all.flat() : undefined;
  }
  const isEqual = isTerm(where) && 'field' in where && where.field === field && where.is === 'equal';
  return isEqual && typeof where.value === 'string' ? [where.value] : undefined;
}

/** Fewer letters make no group that an index of texts knows; one may be two of `length`. */
const TEXT_LETTERS_MIN = 3;

export const makesGroups = ({ anywhere }: AnywhereTerm): boolean => [...anywhere].length >= TEXT_LETTERS_MIN;

export const equal = (field: string, value: string): Term => ({ field, is: 'equal', value });
export const oneOf = (field: string, values: readonly string[]): Where<Term> =>
  values.length === 1 ? equal(field, values[0]!) : { any: values.map((value) => equal(field, value)) };
