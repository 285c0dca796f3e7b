/**
 * What the contract says of a route. Paths stand below `/api/v1` and `/api/v1/main` alike. `access` says who may ask:
 * whoever has that scope, or everybody for the reason that `public` gives.
 */
import type { z } from 'zod';
import type { Scope } from '../../lib/model/scope.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly access: Scope | { readonly public: string };
  /** Kestra 2.0 spells it `/executions/:executionId/actions/…`: it is served there as well. */
  readonly action?: boolean;
  /** It takes no form: a form that is sent there starts the flow of that name. */
  readonly formless?: boolean;
  /** In one line, as documentation lists it. */
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  /** Of success. A refusal is always a `Refusal`, see docs/errors.md. */
  readonly answer: Answer;
  readonly example: Example;
}

/** Parameters of the address, with what they may hold once they are read: all of them are sent as text. */
export type Query = Readonly<Record<string, z.ZodType>>;

/** By media type; the first is that of the example. */
export type Body = Readonly<Record<string, z.ZodType>>;

export interface Answer {
  readonly status: number;
  readonly type?: string;
  /** Absent: there is none, or it is no JSON. */
  readonly schema?: z.ZodType;
  /** What a stream of events carries. */
  readonly events?: z.ZodType;
}

/** A request that is answered as documented, where the flows of `examples.ts` are saved. */
export interface Example {
  /** Of the path; those that are left out are of `examples.ts`. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** A text, or JSON, or the fields of a form. */
  readonly body?: unknown;
}

/** A part of the contract. The order counts: of two paths that fit an address, the first one answers. */
export type Routes = Readonly<Record<string, Route>>;
