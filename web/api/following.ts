/**
 * An execution put together from the events of `GET /executions/{executionId}/follow?resume=true`: `progress` is all of it,
 * `change` is what has become different since, `end` and `gap` carry nothing of it. What has `more` is a piece: the rest comes
 * with the next `change`.
 */
import type { ExecutionBody, ExecutionChangeBody, TaskRunBody } from './bodies.ts';

export interface FollowEvent {
  readonly event: string;
  /** JSON. */
  readonly data: string;
}

export class FollowedExecution {
  #head: ExecutionBody | undefined;
  /** In the order of their creation: what comes anew was created later. */
  #taskRuns = new Map<string, TaskRunBody>();
  #isPiece = true;

  /** Throws a SyntaxError where `data` is no JSON. */
  take({ event, data }: FollowEvent): void {
    if (event === 'progress') this.#begin(JSON.parse(data) as ExecutionBody & { readonly more?: true });
    else if (event === 'change') this.#change(JSON.parse(data) as ExecutionChangeBody);
  }

  /** As it is after the last event; undefined until all of it has come. */
  get execution(): ExecutionBody | undefined {
    if (this.#isPiece || !this.#head) return undefined;
    return { ...this.#head, taskRunList: [...this.#taskRuns.values()] };
  }

  #begin({ more, taskRunList = [], ...head }: ExecutionBody & { readonly more?: true }): void {
    this.#head = head;
    this.#taskRuns = new Map(taskRunList.map((taskRun) => [taskRun.id, taskRun]));
    this.#isPiece = more === true;
  }

  #change({ execution, taskRuns, gone = [], more }: ExecutionChangeBody): void {
    if (execution) this.#head = execution;
    for (const id of gone) this.#taskRuns.delete(id);
    for (const taskRun of taskRuns) this.#taskRuns.set(taskRun.id, taskRun);
    this.#isPiece = more === true;
  }
}
