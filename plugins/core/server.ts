/** Asking this installation's own interface: what it refuses is a failure with its words. */
import { type Server, type TaskContext, TaskError } from '@windhover/sdk';

/** The body of the answer. Throws a TaskError. */
export async function asked(
  { server }: TaskContext,
  method: Parameters<Server['ask']>[0],
  path: string,
  body?: unknown,
): Promise<unknown> {
  if (!server) throw new TaskError('expected a task that comes with the server, got one that may not ask it');
  const answer = await server.ask(method, path, body);
  if (answer.status < 400) return answer.body;
  const { message } = (typeof answer.body === 'object' ? answer.body : undefined) as { readonly message?: string };
  throw new TaskError(message ?? `expected an answer of the server, got ${answer.status} for ${method} ${path}`);
}

/** A part of a path. */
export const part = (text: string): string => encodeURIComponent(text);
