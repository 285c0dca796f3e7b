/** What a message asks for, in words. */
import type { FlowMessage, Message } from '../../../../../lib/model/message.ts';

const WORDS: Readonly<Record<Message['kind'] | FlowMessage['kind'], string>> = {
  start: 'start an execution',
  taskStarted: 'a task has begun',
  taskEnded: 'a task has ended',
  workerLost: 'a worker was lost',
  reoffer: 'hand a task out anew',
  resend: 'hand a task out once more',
  timer: 'a time has come',
  kill: 'kill an execution',
  pause: 'pause an execution',
  resume: 'resume an execution',
  restart: 'restart an execution',
  goOn: 'let a replay begin',
  changeTaskRun: 'change the state of a task run',
  changeState: 'change the state of an execution',
  relabel: 'change labels',
  forceRun: 'do not wait any longer',
  forget: 'delete an execution',
  childEnded: 'a called execution has ended',
  settled: 'a caller knows the end',
  answers: 'answers to what was asked',
  continue: 'go on with many task runs',
  abandon: 'give an execution up',
  saveFlow: 'save a flow',
  deleteFlow: 'delete a flow',
};

/** `kind` may be of another version than this page. */
export const wordsOf = (kind: string | undefined): string =>
  kind === undefined ? 'not to be read' : ((WORDS as Readonly<Record<string, string>>)[kind] ?? kind);
