/** What may still be done to an execution that has ended. */
import type { Message } from '../../model/message.ts';
import { changeState, changeTaskRun } from '../again/change.ts';
import { goOn } from '../again/go-on.ts';
import { restart } from '../again/reopen.ts';
import type { Draft } from '../draft.ts';
import { forget } from '../end.ts';

export type Afterwards = Extract<Message, { kind: 'restart' | 'changeTaskRun' | 'changeState' | 'relabel' }>;

export const isAfterwards = (message: Message): message is Afterwards =>
  message.kind === 'restart' ||
  message.kind === 'changeTaskRun' ||
  message.kind === 'changeState' ||
  message.kind === 'relabel';

/** A sentence when nothing changes. */
export function onAfterwards(draft: Draft, message: Afterwards): string | undefined {
  const refusal = applyAfterwards(draft, message);
  if (refusal !== undefined) return refusal;
  switch (message.kind) {
    case 'restart':
      draft.log('INFO', `restarted by ${message.principal}`);
      goOn(draft, message.called);
      return undefined;
    case 'changeTaskRun':
      draft.log('INFO', `set to ${message.state} by ${message.principal}`, draft.taskRun(message.taskRunId));
      goOn(draft);
      return undefined;
    case 'changeState':
      draft.log('INFO', `set to ${message.state} by ${message.principal}`);
      forget(draft);
      return undefined;
    case 'relabel':
      forget(draft);
      return undefined;
  }
}

/** The change alone, before anything runs: what is shown to whoever has asked for it. */
export function applyAfterwards(draft: Draft, message: Afterwards): string | undefined {
  if (message.incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  switch (message.kind) {
    case 'restart':
      return restart(draft, message.caller);
    case 'changeTaskRun':
      return changeTaskRun(draft, message.taskRunId, message.state);
    case 'changeState':
      return changeState(draft, message.state);
    case 'relabel':
      draft.head = { ...draft.head, labels: { ...draft.head.labels, ...message.labels } };
      return undefined;
  }
}
