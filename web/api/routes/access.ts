/** The contract: users and tokens. Kestra's free edition has neither; names are those of its other one. */
import { z } from 'zod';
import { ROLES, SCOPES } from '../../../lib/model/scope.ts';
import type { Routes } from '../route.ts';
import { list, shape, text, time, whole } from '../schema.ts';
import { json, jsonBody, NOTHING } from '../terms.ts';

const scope = z.enum(SCOPES).describe('What it may do: this and what stands before it');
const role = z.enum(ROLES).describe('viewer has the scope read, editor has edit, admin has admin');
const TOKEN = {
  id: text,
  name: text.describe('Says what it is for; several may have it'),
  user: text.describe('Who made it: it ends with them'),
  scope,
  created: time.optional(),
  expires: time.optional().describe('None: it does not end by itself'),
  lastUsed: time.optional().describe('To some minutes'),
};
const User = shape({ username: text, role });
const NEW_USER = {
  username: text.describe('Letters, digits and . _ @ -, at most 64'),
  password: text.describe('At least 8 characters'),
  role,
};

export const ACCESS_ROUTES = {
  listTokens: {
    method: 'GET',
    path: '/tokens',
    access: 'admin',
    summary: 'All tokens, the oldest first: also those of command lines and of workers',
    answer: json(shape({ results: list(shape(TOKEN)), total: whole })),
    example: {},
  },
  createToken: {
    method: 'POST',
    path: '/tokens',
    access: 'admin',
    summary: 'Make a token; it is shown only here',
    body: jsonBody(
      shape({
        name: text.describe('At most 64 characters'),
        scope,
        maxAge: text.optional().describe('ISO-8601, such as P30D: it ends then'),
      }),
    ),
    answer: json(shape({ ...TOKEN, fullToken: text.describe('What is sent as Authorization: Bearer …') })),
    example: { body: { name: 'ci', scope: 'run', maxAge: 'P30D' } },
  },
  revokeToken: {
    method: 'DELETE',
    path: '/tokens/:tokenId',
    access: 'admin',
    summary: 'End a token: it opens nothing from then on',
    answer: NOTHING,
    example: {},
  },
  listUsers: {
    method: 'GET',
    path: '/users',
    access: 'admin',
    summary: 'All users',
    answer: json(shape({ results: list(User), total: whole })),
    example: {},
  },
  createUser: {
    method: 'POST',
    path: '/users',
    access: 'admin',
    summary: 'Make a user',
    body: jsonBody(shape(NEW_USER)),
    answer: json(User),
    example: { body: { username: 'ada', password: 'correct-horse', role: 'editor' } },
  },
  removeUser: {
    method: 'DELETE',
    path: '/users/:username',
    access: 'admin',
    summary: 'Remove a user, with their sessions and their tokens; not the one that the configuration names',
    answer: NOTHING,
    example: {},
  },
} as const satisfies Routes;
