/** Conditions as written: each of a known type, with the properties that it takes. */
import type { Catalogue } from '../model/catalogue.ts';
import type { Condition } from '../model/flow.ts';
import { isMap, MapReader } from './reader.ts';
import { meant } from './task.ts';
import { checkTemplates } from './templates.ts';

export function readConditions(owner: MapReader, catalogue: Catalogue): readonly Condition[] {
  return owner.maps('conditions', 'a condition with type').map((reader) => readCondition(reader, catalogue));
}

function readCondition(reader: MapReader, catalogue: Catalogue): Condition {
  const { problems } = reader;
  const written = String(reader.get('type') ?? '');
  const entry = catalogue.find(written);
  const { type: _, ...given } = reader.map;
  if (entry?.kind !== 'condition') {
    const known = catalogue.entries.filter(({ kind }) => kind === 'condition');
    const hint = written ? meant(written, known) : '';
    problems.error(reader.at('type'), `expected a type of condition, got ${written || 'nothing'}${hint}`, {
      got: written,
      kestra: `Invalid type: ${written || 'null'}`,
    });
    return { type: written, properties: given };
  }
  for (const [name, value] of Object.entries(given)) checkTemplates(value, reader.at(name), problems);
  for (const problem of entry.check(given)) problems.add([...reader.path, ...problem.path.split('.')], problem);
  const inner = given.conditions;
  if (Array.isArray(inner) && inner.every(isMap))
    readConditions(new MapReader(given, reader.path, problems), catalogue);
  return { type: entry.type, properties: given };
}
