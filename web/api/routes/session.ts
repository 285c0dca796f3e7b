/** The contract: signing in and out, and what clients ask before it. */
import { z } from 'zod';
import { SCOPES } from '../../../lib/model/scope.ts';
import type { Routes } from '../route.ts';
import { flag, list, open, shape, text, whole } from '../schema.ts';
import { file, json, jsonBody, NOTHING } from '../terms.ts';

const Configs = open({
  uuid: text,
  version: text.describe('Of Kestra: the dialect that is spoken'),
  windhover: text,
  edition: text,
  isBasicAuthEnabled: flag,
  systemNamespace: text,
  hiddenLabelsPrefixes: list(text),
  preview: shape({ initial: whole, max: whole }),
});
const LoginConfigs = shape({ isBasicAuthEnabled: flag, isBasicAuthInitialized: flag, version: text });
const User = shape({ username: text });
const Me = shape({ username: text, scope: z.enum(SCOPES).describe('With those before it') });

export const SESSION_ROUTES = {
  configs: {
    method: 'GET',
    path: '/configs',
    access: { public: 'clients choose their dialect by it before they sign in; holds nothing of any user' },
    summary: 'What clients choose their dialect by',
    answer: json(Configs),
    example: {},
  },
  loginConfigs: {
    method: 'GET',
    path: '/configs/login',
    access: { public: 'what a page must know to ask for a password; holds nothing of any user' },
    summary: 'What a page must know to ask for a password',
    answer: json(LoginConfigs),
    example: {},
  },
  openApi: {
    method: 'GET',
    path: '/openapi.json',
    access: { public: 'the documentation of the interface; the same for everybody' },
    summary: 'This document',
    answer: json(open({ openapi: text })),
    example: {},
  },
  ping: {
    method: 'GET',
    path: '/ping',
    access: { public: 'load balancers ask it' },
    summary: 'Whether it answers',
    answer: file('text/plain'),
    example: {},
  },
  login: {
    method: 'POST',
    path: '/login',
    access: { public: 'it is how one signs in' },
    summary: 'Sign in by password: the answer sets a cookie',
    body: jsonBody(shape({ username: text, password: text })),
    answer: json(User),
    example: { body: { username: 'admin', password: 'correct-horse' } },
  },
  useLink: {
    method: 'GET',
    path: '/login/:secret',
    access: { public: 'the link holds a secret that signs in once' },
    summary: 'Sign in by a link that works once: leads to the page',
    answer: { status: 302 },
    example: {},
  },
  logout: {
    method: 'POST',
    path: '/logout',
    access: 'read',
    summary: 'End the session of the cookie',
    answer: NOTHING,
    example: {},
  },
  me: {
    method: 'GET',
    path: '/me',
    access: 'read',
    summary: 'Who asks, and what they may do',
    answer: json(Me),
    example: {},
  },
} as const satisfies Routes;
