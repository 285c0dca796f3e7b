/**
 * The syntax of the templates in a value, at any depth: what is wrong with it is told when a flow is saved, and fails whatever
 * renders it. What they name is known only then.
 */
import { checkTemplate, isTemplate } from '../expression/render.ts';
import type { Path } from '../yaml/yaml.ts';
import type { Problems } from './problems.ts';

export function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (Array.isArray(value)) return value.some(holdsTemplate);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isTemplate(key) || holdsTemplate(inner));
}

export function checkTemplates(value: unknown, path: Path, problems: Problems): void {
  if (typeof value === 'string') checkText(value, path, problems);
  else if (Array.isArray(value)) for (const [n, item] of value.entries()) checkTemplates(item, [...path, n], problems);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      if (isTemplate(key)) checkText(key, [...path, key], problems);
      checkTemplates(inner, [...path, key], problems);
    }
}

function checkText(text: string, path: Path, problems: Problems): void {
  if (!isTemplate(text)) return;
  const error = checkTemplate(text);
  if (!error) problems.templates.push({ path, text });
  else problems.within(path, error, { expected: 'a valid expression', got: error.excerpt });
}
