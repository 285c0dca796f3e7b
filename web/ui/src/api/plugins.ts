/** What flows may be made of: the catalogue, its documentation, the schema of a flow, what expressions know. */
import { ask, part } from '../api.ts';

export interface TypeView {
  readonly cls: string;
  readonly title?: string;
  readonly deprecated?: boolean;
}
export interface PluginGroup {
  readonly name: string;
  readonly title: string;
  readonly group: string;
  readonly version: string;
  readonly tasks: readonly TypeView[];
  readonly triggers: readonly TypeView[];
  readonly conditions: readonly TypeView[];
}
export const listPlugins = () => ask<readonly PluginGroup[]>('/plugins');

/** JSON schema, as far as the page reads it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly deprecated?: boolean;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $examples?: readonly { readonly title: string; readonly code: string }[];
  readonly $deprecated?: boolean;
}
export interface TypeDocument {
  readonly schema: { readonly properties: Schema; readonly outputs?: Schema };
}
export const readType = (type: string) => ask<TypeDocument>(`/plugins/${part(type)}`);
export const flowSchema = () => ask<Schema>('/plugins/schemas/flow');

export interface FunctionView {
  readonly name: string;
  readonly arguments: readonly { readonly name: string }[];
}
export const expressionFunctions = () => ask<readonly FunctionView[]>('/pebble/functions');
export const expressionFilters = () => ask<readonly string[]>('/pebble/filters');
