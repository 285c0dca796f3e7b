/** The labels that a start is given. */
import { Fault } from '../../../lib/errors.ts';
import { systemLabelText } from '../../../lib/flow/labels.ts';
import type { Labels } from '../../../lib/model/flow.ts';

export const CORRELATION_LABEL = 'system.correlationId';

/** Throws `label.invalid`. */
export function labelsOf(given: readonly (readonly [key: string, value: string])[]): Labels {
  const labels: Record<string, string> = {};
  for (const [key, value] of given) {
    // A map takes it for its prototype, and has no such key afterwards.
    if (key === '__proto__') throw refused('expected another key, got __proto__');
    if (key === '' || value === '')
      throw refused(
        `expected key:value with both, got ${JSON.stringify(`${key}:${value}`)}`,
        'Invalid labels: the label key or value cannot be empty',
      );
    const kestra = key === CORRELATION_LABEL ? undefined : systemLabelText(key, value);
    if (kestra) throw refused(`expected labels without system., got ${key}`, kestra);
    labels[key] = value;
  }
  return labels;
}

const refused = (message: string, kestra?: string): Fault =>
  new Fault('label.invalid', message, { problems: [{ severity: 'error', path: 'labels', message, kestra }] });
