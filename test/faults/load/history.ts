/** What the client knows: every call, and what came of it. Nothing in here was told by anybody but an answer to a call. */
export type Outcome =
  /** It has been done. */
  | 'acknowledged'
  /** It has not been done, and the answer says why. */
  | 'refused'
  /** It may have been done or not. */
  | 'unknown';

export interface Call {
  readonly what: 'start' | 'kill' | 'restart' | 'read';
  /** Of the execution that is meant: a label of it. */
  readonly name: string;
  readonly kind: string;
  readonly sentMs: number;
  readonly doneMs: number;
  readonly outcome: Outcome;
  /** 0: no answer. */
  readonly status: number;
  readonly id?: string;
  /** Asked twice, it is one. */
  readonly keyed: boolean;
  /** What a refusal or a failure said. */
  readonly said?: string;
}

export class History {
  readonly calls: Call[] = [];

  add(call: Call): void {
    this.calls.push(call);
  }

  of(what: Call['what'], outcome: Outcome): readonly Call[] {
    return this.calls.filter((call) => call.what === what && call.outcome === outcome);
  }
}
