/** What the examples of the contract speak of: some flows, and executions of them, whose ids stand for real ones. */

export const NAMESPACE = 'company.team';

export const HELLO = `id: hello
namespace: company.team
description: Greets, measures, and writes a file
labels:
  team: data
inputs:
  - id: name
    type: STRING
    defaults: world
tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: Hello {{ inputs.name }}!
  - id: measure
    type: io.kestra.plugin.core.metric.Publish
    metrics:
      - type: counter
        name: greetings
        value: 1
  - id: write
    type: io.kestra.plugin.core.storage.Write
    content: Hello {{ inputs.name }}!
    extension: .txt
`;

export const APPROVAL = `id: approval
namespace: company.team
tasks:
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
  - id: approved
    type: io.kestra.plugin.core.log.Log
    message: Approved
`;

export const SLOW = `id: slow
namespace: company.team
tasks:
  - id: sleep
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT10M
`;

export const BROKEN = `id: broken
namespace: company.team
tasks:
  - id: fail
    type: io.kestra.plugin.core.execution.Fail
`;

/** Executions: of `hello`, which has ended; of `approval`, which waits; of `slow`, which runs; of `broken`, which has failed. */
export const ENDED = '5vZ1aFhMzkqN7wJcRb2Dse';
export const PAUSED = '6kT8bQxLwyrP3nHdVe9Guf';
export const RUNNING = '2pR4cWmKtjsX5gBfYd7Hzq';
export const FAILED = '7qS9eXoLvzrT4jKcUb1Gwy';
/** Of the first one: its last task run, and the file that it has written. */
export const TASK_RUN = '3mN6dVnJshtC8kEgZf1Kxr';
export const WRITTEN = `kestra:///company/team/hello/executions/${ENDED}/tasks/write/${TASK_RUN}/hello.txt`;

/** A message that was given up. */
export const LETTER = 'x3-1764163200000-0';

/** Of a token. */
export const TOKEN_ID = '4f1c09a2be77';

/** What stands in a link that signs in. */
export const LINK = 'Zk3wq8TnVbXhLr5yDcJm0sPfA2eGuR1oNi7tWxKaYvQ';

export const PARAMS: Readonly<Record<string, { readonly about: string; readonly example: string }>> = {
  namespace: { about: 'The namespace', example: NAMESPACE },
  id: { about: 'The id of the flow', example: 'hello' },
  flowId: { about: 'The id of the flow', example: 'hello' },
  taskId: { about: 'The id of the task', example: 'greet' },
  executionId: { about: 'The id of the execution', example: ENDED },
  taskRunId: { about: 'The id of the task run', example: TASK_RUN },
  metric: { about: 'The name of the metric', example: 'greetings' },
  type: { about: 'A type, such as of a task', example: 'io.kestra.plugin.core.log.Log' },
  kind: { about: 'What the schema is of', example: 'flow' },
  version: { about: 'The version of the plugin', example: '0.1.0' },
  letterId: { about: 'The id of the dead letter', example: LETTER },
  tokenId: { about: 'The id of the token', example: TOKEN_ID },
  username: { about: 'The name of the user', example: 'ada' },
  secret: { about: 'What stands in the link', example: LINK },
};
