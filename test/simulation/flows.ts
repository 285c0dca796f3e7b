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
  `id: shapes
namespace: simulation
tasks:
  - id: dag
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - task: {id: d1, type: io.kestra.plugin.core.debug.Return, format: "x"}
      - task: {id: d2, type: io.kestra.plugin.core.debug.Return, format: "x"}
        dependsOn: [d1]
      - task: {id: d3, type: io.kestra.plugin.core.debug.Return, format: "x"}
        dependsOn: [d1]
      - task: {id: d4, type: io.kestra.plugin.core.debug.Return, format: "x"}
        dependsOn: [d2, d3]
  - id: choice
    type: io.kestra.plugin.core.flow.Switch
    value: "{{ outputs.d1.value }}"
    cases:
      d1:
        - {id: chosen, type: io.kestra.plugin.core.debug.Return, format: "x"}
    defaults:
      - {id: other, type: io.kestra.plugin.core.debug.Return, format: "x"}
  - id: loop
    type: io.kestra.plugin.core.flow.LoopUntil
    condition: "{{ outputs.loop.iterationCount == 2 }}"
    checkFrequency: {interval: PT2S}
    tasks:
      - id: inner
        type: io.kestra.plugin.core.flow.If
        condition: "{{ outputs.loop.iterationCount > 0 }}"
        then:
          - {id: later, type: io.kestra.plugin.core.debug.Return, format: "x"}
        else:
          - {id: first, type: io.kestra.plugin.core.debug.Return, format: "x"}
  - id: forgiven
    type: io.kestra.plugin.core.flow.AllowFailure
    tasks:
      - {id: fails-too, type: io.kestra.plugin.core.debug.Return, format: "x"}
    errors:
      - {id: repaired, type: io.kestra.plugin.core.debug.Return, format: "{{ error.taskId }}"}
  - id: still
    type: io.kestra.plugin.core.flow.Pause
    pauseDuration: PT3S
    tasks:
      - {id: awake, type: io.kestra.plugin.core.debug.Return, format: "x"}
finally:
  - {id: swept, type: io.kestra.plugin.core.debug.Return, format: "x"}
afterExecution:
  - {id: told, type: io.kestra.plugin.core.debug.Return, format: "{{ execution.state }}"}
`,
  `id: parent
namespace: simulation
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - {id: one, type: io.kestra.plugin.core.flow.Subflow, namespace: simulation, flowId: child}
      - {id: two, type: io.kestra.plugin.core.flow.Subflow, namespace: simulation, flowId: child}
      - {id: unwaited, type: io.kestra.plugin.core.flow.Subflow, namespace: simulation, flowId: child, wait: false}
  - {id: between, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.one.outputs.said }}"}
  - id: failing
    type: io.kestra.plugin.core.flow.Subflow
    namespace: simulation
    flowId: anew
    allowFailure: true
    retry: {type: constant, interval: PT1S, maxAttempt: 2}
  - {id: missing, type: io.kestra.plugin.core.flow.Subflow, namespace: simulation, flowId: nowhere, allowFailure: true}
`,
  `id: anew
namespace: simulation
retry: {type: constant, interval: PT1S, maxAttempt: 2, behavior: CREATE_NEW_EXECUTION}
tasks:
  - {id: fails-again, type: io.kestra.plugin.core.debug.Return, format: "x"}
`,
];

/** Flows that only others call. */
export const CALLED: readonly string[] = [
  `id: child
namespace: simulation
tasks:
  - {id: said, type: io.kestra.plugin.core.debug.Return, format: "x"}
outputs:
  - {id: said, type: STRING, value: "{{ outputs.said.value }}"}
`,
  FLOWS.find((source) => source.startsWith('id: anew'))!,
];

export function outcomeOf(taskId: string, attempt: number): 'SUCCESS' | 'FAILED' {
  if (taskId === 'flaky') return attempt < 3 ? 'FAILED' : 'SUCCESS';
  return taskId.startsWith('fails') || taskId === 'c' ? 'FAILED' : 'SUCCESS';
}
