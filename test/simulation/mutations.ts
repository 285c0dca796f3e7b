/** The rules of the protocol, each with the edit that removes it and the property that must break then, in one of the worlds. */
import type { Property } from './observer.ts';

export interface Mutation {
  readonly rule: string;
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  readonly breaks: Property;
  readonly world: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    rule: 'the fence',
    edits: [
      {
        file: 'lib/bus/memory/ownership.ts',
        from: "if (space.lease.value !== lease.value || !isHeld(space, store.clock.now())) return 'FENCED';",
        to: '',
      },
    ],
    breaks: 'one writer',
    world: 'an old owner woken',
  },
  {
    rule: 'the number check',
    edits: [
      {
        file: 'lib/bus/memory/ownership.ts',
        from: "if (space.commit.number !== commit.expected) return 'ROLLED_BACK';",
        to: '',
      },
    ],
    breaks: 'nothing left running',
    world: 'partitions rolled back',
  },
  {
    rule: 'the tombstone',
    edits: [
      {
        file: 'lib/execution/end.ts',
        from: 'const REMEMBER_MS = 10 * 60_000;',
        to: 'const REMEMBER_MS = 60_000;',
      },
    ],
    breaks: 'ended once',
    world: 'starts that come again',
  },
  {
    rule: 'the token check',
    edits: [
      {
        file: 'lib/execution/on/task-ended.ts',
        from: "  if (attempt.token !== undefined && attempt.token !== message.token)\n    return 'late: another worker has claimed the attempt';",
        to: '',
      },
    ],
    breaks: 'one record',
    world: 'workers paused and woken',
  },
  {
    rule: 'the re-offer',
    edits: [
      {
        file: 'actors/executor/attempts.ts',
        from: 'return present[n] ? [] : [',
        to: 'return present[n] || true ? [] : [',
      },
    ],
    breaks: 'all ends',
    world: 'messages lost',
  },
  {
    rule: 'the look at kills where workers go on',
    edits: [
      {
        file: 'lib/bus/memory/gates.ts',
        from: 'if (killing.has(executionId) || still.has(executionId)) return undefined;',
        to: '',
      },
    ],
    breaks: 'no work after a kill',
    world: 'executions killed',
  },
  {
    rule: 'the dedupe of starts',
    // At the gate, and in the step: what passes the gate before the first was taken.
    edits: [
      {
        file: 'lib/bus/memory/gates.ts',
        from: "if (space.documents.has(message.executionId)) return { kind: 'live' };\n      const",
        to: 'const',
      },
      { file: 'lib/execution/step.ts', from: "if (run) return unchanged('the execution is there');", to: '' },
    ],
    breaks: 'legal transitions',
    world: 'messages delayed and reordered',
  },
];
