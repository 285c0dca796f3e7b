/** The documentation of the interface, as OpenAPI 3.1: written once, when it is asked for. */
import { openApiOf } from '../../api/open-api.ts';
import type { Handlers } from './register.ts';

export function openApiHandlers(version: string) {
  let document: object | undefined;
  return {
    openApi: (asked) => {
      document ??= openApiOf(version);
      asked.json(document);
    },
  } satisfies Partial<Handlers>;
}
