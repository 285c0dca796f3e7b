/** All executions that a search finds, page by page: each page begins where the last one ended, and nobody counts what there is. */
import type { Execution } from '../model/execution.ts';
import type { ExecutionSearch, Repository } from './repository.ts';

const PAGE = 500;

export async function* walkExecutions(
  repository: Pick<Repository, 'searchExecutions'>,
  search: Omit<ExecutionSearch, 'limit' | 'offset' | 'after'>,
): AsyncGenerator<readonly Omit<Execution, 'taskRunList'>[]> {
  let after: string | undefined;
  do {
    const asked = { ...search, limit: PAGE, offset: undefined, after, uncounted: true };
    const { rows, next } = await repository.searchExecutions(asked);
    yield rows;
    after = next;
  } while (after !== undefined);
}
