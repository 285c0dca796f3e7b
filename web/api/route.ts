/**
 * What the contract says of a route. Paths stand below `/api/v1` and `/api/v1/main` alike. `access` says who may ask: `user` is
 * anyone who is signed in; `public` gives its reason.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly access: 'user' | { readonly public: string };
  /** Kestra 2.0 spells it `/executions/:executionId/actions/…`: it is served there as well. */
  readonly action?: boolean;
  /** It takes no form: a form that is sent there starts the flow of that name. */
  readonly formless?: boolean;
}

/** A part of the contract. The order counts: of two paths that fit an address, the first one answers. */
export type Routes = Readonly<Record<string, Route>>;
