/** The contract's JSON, in Kestra's shapes. Times are ISO-8601 in UTC; what is absent is left out. */
import type { Problem } from '../../lib/model/problem.ts';

export interface StateBody {
  readonly current: string;
  readonly histories: readonly { readonly state: string; readonly date: string }[];
  readonly startDate: string;
  readonly endDate?: string;
  /** ISO-8601, such as PT1.5S. */
  readonly duration: string;
}

export interface AttemptBody {
  readonly state: StateBody;
  readonly workerId?: string;
}

export interface TaskRunBody {
  readonly id: string;
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId: string;
  readonly parentTaskRunId?: string;
  readonly value?: string;
  readonly iteration?: number;
  readonly attempts?: readonly AttemptBody[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly state: StateBody;
  /** Why it failed: ours. */
  readonly reason?: string;
  /** When it goes on by itself: its next try, its next iteration, the end of its pause. Ours. */
  readonly dueDate?: string;
}

export interface ExecutionBody {
  readonly id: string;
  readonly tenantId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly taskRunList?: readonly TaskRunBody[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** The flow's, where tasks have changed them. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly state: StateBody;
  readonly parentId?: string;
  readonly scheduleDate?: string;
  readonly originalId: string;
  readonly trigger?: {
    readonly id: string;
    readonly type: string;
    readonly variables?: Readonly<Record<string, unknown>>;
  };
  readonly deleted: false;
  readonly metadata: { readonly attemptNumber: number; readonly originalCreatedDate: string };
  readonly url?: string;
  readonly reason?: string;
}

export interface LineBody {
  /** Ours: the same line has the same id. */
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly executionId: string;
  readonly taskId?: string;
  readonly taskRunId?: string;
  readonly attemptNumber?: number;
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
}

/** What a start with these values would make of each input. */
export interface InputsBody {
  readonly id: string;
  readonly namespace: string;
  readonly inputs: readonly InputBody[];
  readonly checks: readonly unknown[];
}

export interface InputBody {
  /** As the flow has it, its choices computed. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  /** Absent where nothing is wrong. */
  readonly errors?: readonly { readonly message: string }[];
}

/** What was done to many. */
export interface BulkBody {
  readonly count: number;
  readonly totalItems: number;
  readonly operationId: string;
}

export interface PageBody<T> {
  readonly results: readonly T[];
  readonly total: number;
}

export interface RefusalBody {
  readonly message: string;
  /** Stable, from docs/errors.md. */
  readonly code: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
  readonly status: number;
  readonly title: string;
  readonly _embedded: { readonly errors: readonly { readonly message: string }[] };
}

export interface ValidationBody {
  readonly index: number;
  /** Of the file that it came in. */
  readonly filename?: string;
  readonly namespace?: string;
  readonly flow?: string;
  /** All errors in one text, as Kestra's clients print it. */
  readonly constraints?: string;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly outdated: boolean;
  readonly deprecationPaths: readonly string[];
  readonly problems: readonly Problem[];
}
