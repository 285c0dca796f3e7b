/** What the page asks for whoever runs the installation: which servers live, what waits for them, messages that were given up. */
import { ask, type PageOf, part } from '../api.ts';

export type Role = 'executor' | 'worker' | 'scheduler' | 'indexer' | 'webserver';

export interface ServiceView {
  readonly id: string;
  readonly role: Role;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  /** Those that it owns. */
  readonly partitions: readonly string[];
  readonly group?: string;
  readonly threads?: number;
  readonly threadsFree?: number;
  readonly url?: string;
}

export interface PartitionView {
  /** `x:<n>` holds executions, `f:<n>` flows. */
  readonly partition: string;
  /** Id of a server; absent: nobody. */
  readonly owner?: string;
  readonly messagesWaiting: number;
  readonly commitsBehind: number;
  readonly deadLetters: number;
}

export interface GroupView {
  readonly group: string;
  readonly workers: number;
  readonly threads: number;
  readonly threadsFree: number;
  readonly parcelsWaiting: number;
}

export interface ServicesView extends PageOf<ServiceView> {
  readonly unownedPartitions: readonly string[];
  readonly partitions: readonly PartitionView[];
  readonly groups: readonly GroupView[];
}
export const listServices = () => ask<ServicesView>('/services');

export interface LetterView {
  readonly id: string;
  readonly partition: string;
  readonly date: string;
  readonly reason: string;
  /** Absent: it cannot be read. */
  readonly kind?: string;
  readonly executionId?: string;
  /** `<tenant>/<namespace>/<id>`. */
  readonly flow?: string;
}
export interface WholeLetterView extends LetterView {
  readonly messages?: readonly object[];
  readonly unreadable?: string;
}
const of = (id: string): string => `/dead-letters/${part(id)}`;

export const listDeadLetters = (number: number, size: number) =>
  ask<PageOf<LetterView>>(`/dead-letters?page=${number}&size=${size}`);
export const readDeadLetter = (id: string) => ask<WholeLetterView>(of(id));
export const retryDeadLetter = (id: string) => ask<unknown>(`${of(id)}/retry`, { method: 'POST' });
export const discardDeadLetter = (id: string) => ask<unknown>(of(id), { method: 'DELETE' });
