/**
 * LANGUAGE: what the pure rooms cost by themselves, in this process: rendering a path, reading a flow, and steps of wide loops,
 * early and late in their lives (E4). The median counts; whatever else the machine does is none of theirs.
 */
import { compile } from '../../lib/expression/render.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import { BUILT_IN, loadPlugins } from '../../lib/plugin/load.ts';
import { Rehearsal } from '../../lib/rehearsal/rehearsal.ts';
import type { Result } from './cells.ts';
import { median, rounded } from './machine.ts';

const RENDERS = 200_000;
const SAMPLES = 25;
const TASKS = 200;
const EVENTS_A_SAMPLE = 200;
const RETURN = 'io.kestra.plugin.core.debug.Return';
const EACH = 'io.kestra.plugin.core.flow.ForEach';

const { catalogue } = await loadPlugins(BUILT_IN);

export const measureLanguage = (): Result => ({
  'renderPathMicros.p50': rounded(renderMicros()),
  'readFlowMs.p50': rounded(readMs()),
  ...wide('each10000', each(10_000, [{ id: 'one', type: RETURN, format: '{{ taskrun.value }}' }])),
  ...wide('each100x100', each(100, [{ id: 'inner', ...each(100, [{ id: 'one', type: RETURN, format: 'x' }]) }])),
});

const sampled = (act: () => void): number =>
  median(
    Array.from({ length: SAMPLES }, () => {
      const fromMs = performance.now();
      act();
      return performance.now() - fromMs;
    }),
  );

function renderMicros(): number {
  const context = { outputs: { extract: { rows: { count: 42 } } } };
  const ms = sampled(() => {
    for (let n = 0; n < RENDERS; n++) compile('{{ outputs.extract.rows.count }}').render(context);
  });
  return (ms / RENDERS) * 1_000;
}

/** Each time another source: none was read before. */
function readMs(): number {
  let n = 0;
  const tasks = Array.from({ length: TASKS }, (_, at) => {
    const format = at === 0 ? '{{ flow.id }}' : `{{ outputs.t${at - 1}.value }} of {{ flow.id }}`;
    return `  - id: t${at}\n    type: ${RETURN}\n    format: "${format}"\n`;
  }).join('');
  return sampled(() => {
    const { problems } = parseFlow(`id: big${n++}\nnamespace: bench\ntasks:\n${tasks}`, catalogue, { tenant: 'main' });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  });
}

interface Loop {
  readonly type: string;
  readonly values: string;
  readonly concurrencyLimit: number;
  readonly tasks: readonly object[];
}

const each = (count: number, tasks: readonly object[]): Loop => ({
  type: EACH,
  values: `{{ range(1, ${count}) }}`,
  concurrencyLimit: 50,
  tasks,
});

/** Microseconds of an event (a step and its effects) among the first and the last of an execution's life. */
function wide(name: string, loop: Loop): Result {
  const source = `id: wide\nnamespace: bench\ntasks: ${JSON.stringify([{ id: 'each', ...loop }])}\n`;
  const { flow } = parseFlow(source, catalogue, { tenant: 'main' });
  const rehearsal = new Rehearsal({ beginMs: 0, outcome: () => ({ outputs: { value: 'x' } }) });
  rehearsal.add(flow!);
  const id = String(rehearsal.begin({}));
  const micros: number[] = [];
  while (!rehearsal.isOver(id)) {
    const fromMs = performance.now();
    rehearsal.play({ events: EVENTS_A_SAMPLE });
    micros.push(((performance.now() - fromMs) * 1_000) / EVENTS_A_SAMPLE);
  }
  const part = Math.floor(micros.length / 4);
  return {
    [`${name}.taskRuns`]: rehearsal.run(id).taskRuns.size,
    [`${name}.stepMicros.second`]: rounded(median(micros.slice(part, 2 * part))),
    [`${name}.stepMicros.last`]: rounded(median(micros.slice(-part))),
  };
}
