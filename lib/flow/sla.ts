/** `sla`: what an execution of the flow promises, and what becomes of one that does not keep it. */
import type { Sla } from '../model/flow.ts';
import { readLabels } from './labels.ts';
import type { MapReader } from './reader.ts';

const TYPES = ['MAX_DURATION', 'EXECUTION_ASSERTION'] as const;
const BEHAVIORS = ['FAIL', 'CANCEL', 'NONE'] as const;
const COMMON = ['id', 'type', 'behavior', 'labels'];
const OWN: Readonly<Record<Sla['type'], string>> = { MAX_DURATION: 'duration', EXECUTION_ASSERTION: 'assert' };

export function readSla(flow: MapReader): readonly Sla[] {
  return flow.maps('sla', 'an SLA with id, type and behavior').flatMap((reader) => {
    for (const name of ['id', 'type', 'behavior'])
      if (!reader.has(name)) reader.problems.missing(reader.at(name), `the ${name} of the SLA`);
    const type = reader.oneOf('type', TYPES);
    const behavior = reader.oneOf('behavior', BEHAVIORS);
    if (!type || !behavior) return [];
    const own = OWN[type];
    reader.only(new Set([...COMMON, own]), {
      title: `an SLA of the type ${type}`,
      javaClass: `io.kestra.core.models.flows.sla.types.${type === 'MAX_DURATION' ? 'MaxDurationSLA' : 'ExecutionAssertionSLA'}`,
    });
    if (!reader.has(own)) reader.problems.missing(reader.at(own), `the ${own} of the SLA`);
    const sla: Sla = {
      id: reader.text('id') ?? '',
      type,
      behavior,
      labels: readLabels(reader),
      ...(type === 'MAX_DURATION'
        ? { durationMs: reader.durationMs(own) ?? 0 }
        : { assert: reader.template(own) ?? '' }),
    };
    return [sla];
  });
}
