/** The documentation of the interface, as OpenAPI 3.1. */
import type { Handlers } from './register.ts';

export function openApiHandlers(version: string) {
  return {
    openApi: (asked) => asked.json({ openapi: '3.1.0', info: { title: 'Windhover', version }, paths: {} }),
  } satisfies Partial<Handlers>;
}
