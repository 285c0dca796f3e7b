/** Triggers as written: what they all have, and what their type checks. */
import type { Catalogue } from '../model/catalogue.ts';
import type { Trigger } from '../model/flow.ts';
import { ID, namesOf, TRIGGER_PROPERTIES } from './language.ts';
import type { MapReader } from './reader.ts';
import { meant } from './task.ts';
import { checkTemplates } from './templates.ts';

const SHAPE = new RegExp(ID);
const COMMON: ReadonlySet<string> = new Set(['type', ...namesOf(TRIGGER_PROPERTIES)]);
/** Known to Kestra; a trigger that must not be without them says so itself by naming them as its own. */
const LATER: ReadonlySet<string> = new Set([
  'conditions',
  'when',
  'stopAfter',
  'workerGroup',
  'logLevel',
  'minLogLevel',
  'logToFile',
  'inputs',
  'labels',
  'allowConcurrent',
  'failOnTriggerError',
  'version',
]);

/** What every trigger may have. */
export const TRIGGER_NAMES: ReadonlySet<string> = new Set([...COMMON, ...LATER]);

export function readTriggers(flow: MapReader, catalogue: Catalogue): readonly Trigger[] {
  const triggers: Trigger[] = [];
  const seen = new Set<string>();
  const repeated = new Map<string, MapReader>();
  for (const reader of flow.maps('triggers', 'a trigger with id and type')) {
    const trigger = readTrigger(reader, catalogue);
    if (seen.has(trigger.id)) repeated.set(trigger.id, reader);
    seen.add(trigger.id);
    triggers.push(trigger);
  }
  let kestra: string | undefined = `Duplicate trigger id with name [${[...repeated.keys()].join(', ')}]`;
  for (const [id, reader] of repeated) {
    flow.problems.error(reader.at('id'), `expected each trigger id once in a flow, got ${id} again`, {
      got: id,
      kestra,
    });
    kestra = undefined;
  }
  return triggers;
}

function readTrigger(reader: MapReader, catalogue: Catalogue): Trigger {
  const { problems } = reader;
  const id = reader.text('id');
  if (id === undefined) problems.missing(reader.at('id'), 'an id');
  else if (!SHAPE.test(id))
    problems.expected(
      reader.at('id'),
      'an id of letters, digits, - and _',
      id,
      `must match "${SHAPE.source.slice(0, -1)}"`,
    );
  const written = String(reader.get('type') ?? '');
  const entry = catalogue.find(written);
  if (entry?.kind !== 'trigger') {
    const known = catalogue.entries.filter(({ kind }) => kind === 'trigger');
    problems.error(
      reader.at('type'),
      `expected a type of trigger, got ${written || 'nothing'}${written ? meant(written, known) : ''}`,
      {
        got: written,
        kestra: `Invalid type: ${written || 'null'}`,
      },
    );
  }
  const properties: Record<string, unknown> = {};
  const own = new Set(entry?.properties);
  for (const [name, value] of Object.entries(reader.map)) {
    if (own.has(name)) {
      properties[name] = value;
      checkTemplates(value, reader.at(name), problems);
    } else if (LATER.has(name)) problems.later(reader.at(name), name);
    else if (entry && !COMMON.has(name))
      problems.unknown(reader.at(name), [...COMMON, ...own], { title: entry.type, javaClass: entry.type });
  }
  for (const problem of entry?.check(properties) ?? [])
    problems.add([...reader.path, ...problem.path.split('.')], problem);
  return { id: id ?? '', type: entry?.type ?? written, disabled: reader.boolean('disabled', false), properties };
}
