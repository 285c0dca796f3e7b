/** The flows of the simulation, and how their tasks end: by id and attempt, never by time. */
export const FLOWS: readonly string[] = [
  `id: lines
namespace: simulation
tasks:
  - {id: a, type: io.kestra.plugin.core.debug.Return, format: "a"}
  - {id: b, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.a.value }}"}
  - {id: c, type: io.kestra.plugin.core.debug.Return, format: "c", allowFailure: true}
`,
  `id: fan
namespace: simulation
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: ["1", "2", "3", "4"]
    concurrencyLimit: 2
    tasks:
      - {id: x, type: io.kestra.plugin.core.debug.Return, format: "{{ taskrun.value }}"}
      - {id: y, type: io.kestra.plugin.core.debug.Return, format: "y"}
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    concurrent: 2
    tasks:
      - {id: p, type: io.kestra.plugin.core.debug.Return, format: "p"}
      - {id: q, type: io.kestra.plugin.core.debug.Return, format: "q"}
      - {id: r, type: io.kestra.plugin.core.debug.Return, format: "r"}
`,
  `id: trouble
namespace: simulation
tasks:
  - {id: flaky, type: io.kestra.plugin.core.debug.Return, format: "x", retry: {type: constant, interval: PT2S, maxAttempt: 4}}
  - {id: fails, type: io.kestra.plugin.core.debug.Return, format: "x", retry: {type: exponential, interval: PT1S, maxInterval: PT10S, maxAttempt: 2}}
errors:
  - {id: afterwards, type: io.kestra.plugin.core.debug.Return, format: "sorry"}
`,
];

export function outcomeOf(taskId: string, attempt: number): 'SUCCESS' | 'FAILED' {
  if (taskId === 'flaky') return attempt < 3 ? 'FAILED' : 'SUCCESS';
  return taskId === 'fails' || taskId === 'c' ? 'FAILED' : 'SUCCESS';
}
