/** An execution that was put together from another one begins where that one is to be done again. */
import type { GoOnMessage } from '../../model/message.ts';
import { goOn } from '../again/go-on.ts';
import type { Draft } from '../draft.ts';

export function onGoOn(draft: Draft, { incarnation }: GoOnMessage): string | undefined {
  if (incarnation !== draft.start.incarnation) return 'meant for another incarnation';
  if (draft.state !== 'RESTARTED') return `it is ${draft.state}`;
  goOn(draft);
  return undefined;
}
