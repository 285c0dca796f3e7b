/** What is done to many is done to each, and told of each. */
import { isFault } from '../../../lib/errors.ts';
import { type Out, progressOn } from '../print.ts';

/** 1 if one was refused; the others are done all the same. `told`: such as `{ what: 'executions', done: 'killed' }`. */
export async function each(
  ids: readonly string[],
  told: { readonly what: string; readonly done: string },
  act: (id: string) => Promise<unknown>,
  { stdout, stderr }: { readonly stdout: Out; readonly stderr: Out },
): Promise<number> {
  const progress = progressOn(stderr, ids.length, told.what);
  let refused = 0;
  for (const id of ids) {
    if (ids.length > 1) progress.step(id);
    try {
      await act(id);
      if (ids.length > 1) progress.end();
      stdout.write(`${id} ${told.done}\n`);
    } catch (error) {
      if (!isFault(error) || error.retry || error.status === 401) throw error;
      refused++;
      stderr.write(`windhover: ${error.message}\n`);
    }
  }
  return refused > 0 ? 1 : 0;
}
