/** Letters between the executions of a rehearsal, carried at once: what the other side makes of them, as the real post does. */
import { resolveInputs } from '../flow/inputs.ts';
import type { Caller, ExecutionStart } from '../model/execution.ts';
import type { Flow, Labels } from '../model/flow.ts';
import { type Letter, startOfCall } from '../model/letter.ts';
import type { ChildEndedMessage } from '../model/message.ts';
import type { Said } from './options.ts';

type Call = Extract<Letter, { kind: 'call' }>;

export interface Neighbours {
  flowOf(name: string): Flow | undefined;
  begin(start: ExecutionStart, labels: Labels): void;
  /** To an execution that is there. False: there is none. */
  hear(executionId: string, message: Said): boolean;
  /** It must never begin. */
  forbid(executionId: string): void;
}

export function carry(letter: Letter, neighbours: Neighbours): void {
  switch (letter.kind) {
    case 'call':
      return carryCall(letter, neighbours);
    case 'launch':
      return neighbours.begin(letter.start, letter.labels);
    case 'kill': {
      const { id: executionId, caller, principal } = letter;
      if (neighbours.hear(executionId, { kind: 'kill', caller, principal, incarnation: 0 })) return;
      neighbours.forbid(executionId);
      return tell(caller, { childId: executionId, state: 'KILLED' }, neighbours);
    }
    case 'answer':
      neighbours.hear(letter.message.executionId, { ...letter.message });
      return;
    case 'await':
    case 'ask':
    case 'settle':
      // Who was made anew answers by itself; what steps ask is answered at once; nobody forgets anything here.
      return;
  }
}

function tell(
  caller: Caller,
  end: Pick<ChildEndedMessage, 'childId' | 'state' | 'reason' | 'begun'>,
  to: Neighbours,
): void {
  const { executionId, taskRunId, attempt } = caller;
  to.hear(executionId, { kind: 'childEnded', taskRunId, attempt, ...end });
}

function carryCall(letter: Call, neighbours: Neighbours): void {
  const { id, call, caller, waits } = letter;
  const refuse = (reason: string): void => tell(caller, { childId: id, state: 'FAILED', reason }, neighbours);
  const flow = neighbours.flowOf(`${call.namespace}.${call.flowId}`);
  if (!flow) return refuse('no such flow');
  if (flow.disabled) return refuse('a disabled flow');
  const { inputs, problems } = resolveInputs(flow, call.inputs);
  if (problems.length > 0) return refuse(problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const { tenant, namespace, id: flowId, hash } = flow;
  const start = startOfCall(letter, { tenant, namespace, id: flowId, revision: 1, hash }, inputs);
  neighbours.begin(start, { ...flow.labels, ...call.labels });
  if (!waits) tell(caller, { childId: id, state: 'SUCCESS', begun: true }, neighbours);
}
