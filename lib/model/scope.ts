/**
 * What whoever asks may do. Each scope holds those before it, since it could get at them anyway: what is started shows what it
 * gives, a flow that is written runs by its triggers, and who hands out tokens may hand out any.
 */
export const SCOPES = ['read', 'run', 'edit', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const mayDo = (needed: Scope, held: Scope): boolean => SCOPES.indexOf(held) >= SCOPES.indexOf(needed);

/** What a user is. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPE_OF = { viewer: 'read', editor: 'edit', admin: 'admin' } as const satisfies Readonly<
  Record<Role, Scope>
>;
