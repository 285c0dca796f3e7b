/** The contract: signing in and out, and what clients ask before it. */
import type { Routes } from '../route.ts';

export const SESSION_ROUTES = {
  configs: {
    method: 'GET',
    path: '/configs',
    access: { public: 'clients choose their dialect by it before they sign in; holds nothing of any user' },
  },
  loginConfigs: {
    method: 'GET',
    path: '/configs/login',
    access: { public: 'what a page must know to ask for a password; holds nothing of any user' },
  },
  openApi: {
    method: 'GET',
    path: '/openapi.json',
    access: { public: 'the documentation of the interface; the same for everybody' },
  },
  ping: { method: 'GET', path: '/ping', access: { public: 'load balancers ask it' } },
  login: { method: 'POST', path: '/login', access: { public: 'it is how one signs in' } },
  useLink: { method: 'GET', path: '/login/:secret', access: { public: 'the link holds a secret that signs in once' } },
  logout: { method: 'POST', path: '/logout', access: 'user' },
  me: { method: 'GET', path: '/me', access: 'user' },
} as const satisfies Routes;
