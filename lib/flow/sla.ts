/** `sla`: what an execution of the flow promises, and what becomes of one that does not keep it. */
import type { Sla } from '../model/flow.ts';
import { readLabels } from './labels.ts';
import { SLA_BEHAVIORS, SLA_COMMON, SLA_OWN } from './language.ts';
import type { MapReader } from './reader.ts';

const TYPES = Object.keys(SLA_OWN) as Sla['type'][];

export function readSla(flow: MapReader): readonly Sla[] {
  return flow.maps('sla', 'an SLA with id, type and behavior').flatMap((reader) => {
    for (const name of ['id', 'type', 'behavior'])
      if (!reader.has(name)) reader.problems.missing(reader.at(name), `the ${name} of the SLA`);
    const type = reader.oneOf('type', TYPES);
    const behavior = reader.oneOf('behavior', SLA_BEHAVIORS);
    if (!type || !behavior) return [];
    const [own] = SLA_OWN[type];
    reader.only(new Set(['type', ...Object.keys(SLA_COMMON), own]), {
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
