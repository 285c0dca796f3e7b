/** Kestra's own JavaScript client beside a server, and what its tests do again and again. */
import { eventually } from '../../support/eventually.ts';
import { aFlow } from '../../support/flow-source.ts';
import type { Sdk, SdkBody } from '../../support/kestra-sdk.ts';

export const TENANT = 'main';
export const NAMESPACE = 'tests.sdk';
export const LOG = 'io.kestra.plugin.core.log.Log';
export const SUBFLOW = 'io.kestra.plugin.core.flow.Subflow';

export interface Run extends SdkBody {
  readonly flowId: string;
  readonly state: { readonly current: string };
  readonly taskRunList?: readonly (SdkBody & {
    readonly taskId: string;
    readonly state: { readonly current: string };
  })[];
  readonly labels: readonly { readonly key: string; readonly value: string }[];
}

export interface Page<T = Run> {
  readonly total: number;
  readonly results: readonly T[];
}

export interface Place {
  readonly sdk: Sdk;
  readonly save: (
    id: string,
    tasks: Parameters<typeof aFlow>[1],
    namespace?: string,
    rest?: Parameters<typeof aFlow>[2],
  ) => Promise<SdkBody>;
  readonly start: (id: string, wait?: boolean, namespace?: string) => Promise<Run>;
  readonly execution: (id: string) => Promise<Run>;
  readonly reached: (id: string, state: string) => Promise<Run>;
  /** What a search finds, once the repository has so many and all of them in this state. */
  readonly found: (opts: object, total: number, state: string) => Promise<Page>;
}

export function placeOf(sdk: Sdk): Place {
  const execution = (id: string) => sdk.body<Run>('executionsApi', 'getExecution', id, TENANT);
  return {
    sdk,
    execution,
    save: (id, tasks, namespace = NAMESPACE, rest = {}) =>
      sdk.read<SdkBody>('flowsApi', 'createFlow', TENANT, aFlow(id, tasks, rest, namespace)),
    start: (id, wait = true, namespace = NAMESPACE) =>
      sdk.body<Run>('executionsApi', 'createExecution', namespace, id, wait, TENANT, {}),
    reached: (id, state) =>
      eventually(async () => {
        const run = await execution(id);
        return run.state.current === state && run;
      }),
    found: (opts, total, state) =>
      eventually(async () => {
        const page = await sdk.read<Page>('executionsApi', 'searchExecutions', 1, 100, TENANT, opts);
        return page.total === total && page.results.every((run) => run.state.current === state) && page;
      }),
  };
}
