/** Labels: a map, or a list of `{ key, value }`. Those that begin with `system.` are ours, save `system.readOnly`. */
import type { Labels } from '../model/flow.ts';
import type { Path } from '../yaml/yaml.ts';
import { isMap, type MapReader } from './reader.ts';

export const SYSTEM_LABEL_PREFIX = 'system.';
export const READ_ONLY_LABEL = 'system.readOnly';
const LABELS_MAX = 200;

/** Kestra's words for a label that only the system may set; undefined when anybody may. */
export function systemLabelText(key: string, value: string): string | undefined {
  if (!key.startsWith(SYSTEM_LABEL_PREFIX) || key === READ_ONLY_LABEL) return undefined;
  return `System labels can only be set by Kestra itself, offending label: ${key}=${value}`;
}

export function readLabels(reader: MapReader): Labels {
  const labels: Record<string, string> = {};
  const entries = entriesOf(reader);
  if (entries.length > LABELS_MAX)
    reader.problems.error(reader.at('labels'), `expected at most ${LABELS_MAX} labels, got ${entries.length}`);
  for (const [key, value, path] of entries.slice(0, LABELS_MAX)) {
    if (key === '' || value === undefined || value === null || typeof value === 'object') {
      reader.problems.expected(path, 'a key and a text', value);
      continue;
    }
    const kestra = systemLabelText(key, String(value));
    if (kestra)
      reader.problems.error(path, `expected labels without ${SYSTEM_LABEL_PREFIX}, got ${key}`, { got: key, kestra });
    else labels[key] = String(value);
  }
  return labels;
}

function entriesOf(reader: MapReader): [key: string, value: unknown, path: Path][] {
  const labels = reader.get('labels');
  if (labels === undefined) return [];
  if (isMap(labels)) return Object.entries(labels).map(([key, value]) => [key, value, [...reader.path, 'labels', key]]);
  if (!Array.isArray(labels)) {
    reader.problems.expected(reader.at('labels'), 'a map, or a list of key and value', labels);
    return [];
  }
  return labels.map((label: unknown, n) => {
    const path = [...reader.path, 'labels', n];
    return isMap(label) ? [String(label.key ?? ''), label.value, path] : ['', label, path];
  });
}
