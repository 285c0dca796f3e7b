/** The contract: which servers live, and messages that were given up. */
import type { Routes } from '../route.ts';

export const OPERATOR_ROUTES = {
  listServices: { method: 'GET', path: '/services', access: 'user' },
  listDeadLetters: { method: 'GET', path: '/dead-letters', access: 'user' },
  readDeadLetter: { method: 'GET', path: '/dead-letters/:letterId', access: 'user' },
  retryDeadLetter: { method: 'POST', path: '/dead-letters/:letterId/retry', access: 'user' },
  discardDeadLetter: { method: 'DELETE', path: '/dead-letters/:letterId', access: 'user' },
} as const satisfies Routes;
