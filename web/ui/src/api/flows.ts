/** What the page asks of flows: their sources, what is wrong with them, their graphs and revisions. */
import type { ValidationBody } from '../../../api/bodies.ts';
import { API, ask, type FlowView, JSON_TYPE, type PageOf, part } from '../api.ts';

const of = (namespace: string, id: string): string => `/flows/${part(namespace)}/${part(id)}`;
const yaml = (method: string, body: string): RequestInit => ({
  method,
  headers: { 'content-type': 'application/x-yaml' },
  body,
});

export const searchFlows = (query: URLSearchParams) => ask<PageOf<FlowView>>(`/flows/search?${query}`);
export const readFlow = (namespace: string, id: string) => ask<FlowView>(`${of(namespace, id)}?source=true`);
export const readRevisions = (namespace: string, id: string) =>
  ask<readonly FlowView[]>(`${of(namespace, id)}/revisions`);
export const createFlow = (source: string) => ask<FlowView>('/flows', yaml('POST', source));
export const updateFlow = (namespace: string, id: string, source: string) =>
  ask<FlowView>(of(namespace, id), yaml('PUT', source));
export const deleteFlow = (namespace: string, id: string) => ask<unknown>(of(namespace, id), { method: 'DELETE' });
export const validateFlow = async (source: string): Promise<ValidationBody | undefined> =>
  (await ask<readonly ValidationBody[]>('/flows/validate', yaml('POST', source)))[0];
/** A YAML file or a zip, as `fileUpload`. Gives the names of those that were left out, since they are not valid. */
export const importFlows = (body: FormData) => ask<readonly string[]>('/flows/import', { method: 'POST', body });
/** A zip of all that a search finds. */
export const zipLink = (query: URLSearchParams): string => `${API}/flows/export/by-query?${query}`;
export const namespaces = () => ask<readonly string[]>('/flows/distinct-namespaces');

export interface LastExecution {
  readonly namespace: string;
  readonly flowId: string;
  readonly id: string;
  readonly startDate: string;
  readonly status: string;
}
/** The last execution of each flow that has run. */
export const lastOf = (flows: readonly { readonly namespace: string; readonly id: string }[]) =>
  ask<readonly LastExecution[]>('/executions/latest', {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(flows.map(({ namespace, id }) => ({ namespace, id }))),
  });

export interface GraphNodeView {
  readonly uid: string;
  /** Its last part tells its kind, such as `GraphTask`. */
  readonly type: string;
  readonly task?: { readonly id: string; readonly type: string };
  readonly triggerDeclaration?: { readonly id: string; readonly type: string; readonly disabled?: boolean };
  readonly branchType?: string;
}
export interface GraphView {
  readonly nodes: readonly GraphNodeView[];
  readonly edges: readonly {
    readonly source: string;
    readonly target: string;
    readonly relation: { readonly relationType?: string; readonly value?: string };
  }[];
  readonly clusters: readonly {
    readonly cluster: {
      readonly uid: string;
      readonly relationType?: string;
      readonly branchType?: string;
      readonly taskNode?: GraphNodeView;
    };
    readonly nodes: readonly string[];
    readonly parents: readonly string[];
  }[];
}
export const readGraph = (namespace: string, id: string, revision?: number) =>
  ask<GraphView>(`${of(namespace, id)}/graph${revision === undefined ? '' : `?revision=${revision}`}`);
export const graphOfSource = (source: string) => ask<GraphView>('/flows/graph', yaml('POST', source));
