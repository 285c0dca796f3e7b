/**
 * Claims: the lease of an attempt (W2). The gate grants one if the delivery is the open one, nobody holds it, and the
 * execution is not killing; it appends `taskStarted` in the same step, save for what is short. A finished or killed execution refuses, because its
 * owner has closed the attempt.
 */
import type { Partition } from '../model/partition.ts';

export const CLAIM_MS = 6_000;
export const CLAIM_RENEW_MS = 2_000;

export interface ClaimRequest {
  readonly ref: string;
  readonly delivery: string;
  readonly token: string;
  /**
   * Its owner is not told of the claim: such a task has ended before its start would have been merged. Should its worker die,
   * the owner finds the claim when it looks at what nobody has answered.
   */
  readonly untold?: boolean;
}

/** `granted` also when the same token asks again. */
export type ClaimAnswer = 'granted' | 'closed' | 'superseded' | 'claimed' | 'killing';

export type RenewAnswer =
  /** Ours for CLAIM_MS more. */
  | 'held'
  /** Killed, timed out, superseded: the work must end. */
  | 'revoked'
  /** Not there any more: the owner has applied the end. */
  | 'closed'
  /** The claim was lost by a roll-back, the attempt is open: it was taken anew with the same token. */
  | 'retaken';

export interface Claims {
  claim(partition: Partition, workerId: string, requests: readonly ClaimRequest[]): Promise<readonly ClaimAnswer[]>;
  /** All the claims of a worker in one partition. */
  renew(partition: Partition, workerId: string, claims: readonly ClaimRequest[]): Promise<readonly RenewAnswer[]>;
  /** Gives claims back while no user code runs: the owner is told by `reoffer` messages and hands them out anew. */
  giveBack(partition: Partition, workerId: string, claims: readonly ClaimRequest[]): Promise<void>;
  /** For the owner: the present claims of attempts; undefined where there is none. */
  inspect(
    partition: Partition,
    refs: readonly string[],
  ): Promise<readonly ({ readonly workerId: string; readonly token: string; readonly untilMs: number } | undefined)[]>;
  /** A hint to workers that claims were revoked, so that they look at once; the renewal finds it anyway. */
  hint(refs: readonly string[]): void;
  onHint(listener: (refs: readonly string[]) => void): () => void;
}
