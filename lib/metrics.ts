/** Prometheus metrics of this process. Names begin with `windhover_`; labels are bounded (never an execution's id). */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export const registry = new Registry();
const known = new Map<string, unknown>();

const once = <M>(name: string, make: () => M): M => {
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as M;
};

export const counter = (name: string, help: string, labelNames: readonly string[] = []): Counter<string> =>
  once(name, () => new Counter({ name: `windhover_${name}`, help, labelNames, registers: [registry] }));

export const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge<string> =>
  once(name, () => new Gauge({ name: `windhover_${name}`, help, labelNames, registers: [registry] }));

export const histogram = (
  name: string,
  help: string,
  buckets: readonly number[],
  labelNames: readonly string[] = [],
): Histogram<string> =>
  once(
    name,
    () => new Histogram({ name: `windhover_${name}`, help, labelNames, buckets: [...buckets], registers: [registry] }),
  );

/** Process metrics (CPU, memory, event loop), once per process. */
export const collectProcessMetrics = (): void =>
  once('process', () => collectDefaultMetrics({ register: registry, prefix: 'windhover_' }));
