/**
 * Where a regular expression fits a text. It tries as Java does, one way after another, and pays for each try, so that one which
 * would take for ever ends with an error instead of holding up everybody else.
 */
import { type Budget, spend } from '../budget.ts';
import type { Regex, RegexNode } from './syntax.ts';

/** Tries that cost one step of the budget. */
const TRIES_PER_STEP = 8;

/** `groups[0]` is the whole; `undefined` is a group that took no part. */
export type Found = { readonly start: number; readonly end: number; readonly groups: readonly (string | undefined)[] };

type Next = (at: number) => boolean;
type Matcher = (state: State, at: number, next: Next) => boolean;
type State = {
  readonly text: string;
  readonly budget: Budget;
  readonly starts: number[];
  readonly ends: number[];
  tries: number;
};

const compiled = new WeakMap<Regex, Matcher>();

/** The first match from `from` on. */
export function find(regex: Regex, text: string, from: number, budget: Budget): Found | undefined {
  let matcher = compiled.get(regex);
  if (!matcher) {
    matcher = matcherOf(regex.root);
    compiled.set(regex, matcher);
  }
  const state: State = { text, budget, starts: [], ends: [], tries: 0 };
  for (let start = from; start <= text.length; start++) {
    tried(state);
    state.starts.length = 0;
    state.ends.length = 0;
    let end = -1;
    const matched = matcher(state, start, (at) => {
      end = at;
      return true;
    });
    if (matched) return { start, end, groups: groupsOf(regex, state, text.slice(start, end)) };
  }
  return undefined;
}

function groupsOf({ groups }: Regex, { text, starts, ends }: State, whole: string): readonly (string | undefined)[] {
  return Array.from({ length: groups }, (_, index) => {
    if (index === 0) return whole;
    return ends[index] === undefined ? undefined : text.slice(starts[index], ends[index]);
  });
}

function tried(state: State): void {
  if (++state.tries % TRIES_PER_STEP === 0) spend(state.budget, 1);
}

function matcherOf(node: RegexNode): Matcher {
  switch (node.kind) {
    case 'character':
      return (state, at, next) => {
        tried(state);
        const code = state.text.codePointAt(at);
        return code !== undefined && node.takes(code) && next(at + widthOf(code));
      };
    case 'sequence':
      return sequence(node.items.map(matcherOf));
    case 'choice': {
      const options = node.options.map(matcherOf);
      return (state, at, next) => options.some((option) => option(state, at, next));
    }
    case 'repeat':
      return node.item.kind === 'character' ? characters(node, node.item.takes) : repeat(node);
    case 'group':
      return group(node.index, matcherOf(node.item));
    case 'atomic':
      return atomic(matcherOf(node.item));
    case 'look':
      return look(node);
    case 'back':
      return back(node);
    case 'place':
      return (state, at, next) => {
        tried(state);
        return node.holds(state.text, at) && next(at);
      };
  }
}

const widthOf = (code: number): number => (code > 0xffff ? 2 : 1);

function sequence(items: readonly Matcher[]): Matcher {
  const step = (index: number, state: State, at: number, next: Next): boolean =>
    index === items.length ? next(at) : items[index]!(state, at, (to) => step(index + 1, state, to, next));
  return (state, at, next) => step(0, state, at, next);
}

type Repeat = RegexNode & { readonly kind: 'repeat' };

/** Of single characters: a loop, so that a long text needs no deep stack. */
function characters({ least, most, mode }: Repeat, takes: (code: number) => boolean): Matcher {
  return (state, at, next) => {
    const { text } = state;
    const ends = [at];
    const grow = (): boolean => {
      tried(state);
      const code = ends.length > most ? undefined : text.codePointAt(ends.at(-1)!);
      if (code === undefined || !takes(code)) return false;
      ends.push(ends.at(-1)! + widthOf(code));
      return true;
    };
    if (mode === 'lazy') {
      while (ends.length <= least) if (!grow()) return false;
      while (!next(ends.at(-1)!)) if (!grow()) return false;
      return true;
    }
    while (grow());
    if (mode === 'possessive') return ends.length > least && next(ends.at(-1)!);
    for (; ends.length > least; ends.pop()) {
      tried(state);
      if (next(ends.at(-1)!)) return true;
    }
    return false;
  };
}

function repeat({ item, least, most, mode }: Repeat): Matcher {
  const one = matcherOf(item);
  const step = (count: number, state: State, at: number, next: Next): boolean => {
    tried(state);
    // A turn that takes nothing is the last one: it would go on for ever.
    const again = (): boolean =>
      count < most &&
      one(state, at, (to) => (to === at && count >= least ? next(to) : step(count + 1, state, to, next)));
    if (count < least) return again();
    return mode === 'lazy' ? next(at) || again() : again() || next(at);
  };
  const matcher: Matcher = (state, at, next) => step(0, state, at, next);
  return mode === 'possessive' ? atomic(matcher) : matcher;
}

function group(index: number, item: Matcher): Matcher {
  return (state, at, next) => {
    const [start, end] = [state.starts[index], state.ends[index]];
    const matched = item(state, at, (to) => {
      const before = [state.starts[index], state.ends[index]] as const;
      state.starts[index] = at;
      state.ends[index] = to;
      if (next(to)) return true;
      [state.starts[index], state.ends[index]] = before as [number, number];
      return false;
    });
    if (!matched) [state.starts[index], state.ends[index]] = [start as number, end as number];
    return matched;
  };
}

/** What it took once it keeps, even if what follows then fails. */
function atomic(item: Matcher): Matcher {
  return (state, at, next) => {
    let end = -1;
    const matched = item(state, at, (to) => {
      end = to;
      return true;
    });
    return matched && next(end);
  };
}

function look({ item, behind, negated }: RegexNode & { readonly kind: 'look' }): Matcher {
  const matcher = matcherOf(item);
  const fits = (state: State, at: number): boolean => {
    if (!behind) return matcher(state, at, () => true);
    for (let start = at; start >= 0; start--) if (matcher(state, start, (to) => to === at)) return true;
    return false;
  };
  return (state, at, next) => fits(state, at) !== negated && next(at);
}

function back({ index, caseless }: RegexNode & { readonly kind: 'back' }): Matcher {
  return (state, at, next) => {
    tried(state);
    const { text, starts, ends } = state;
    if (ends[index] === undefined) return false;
    const taken = text.slice(starts[index], ends[index]);
    const here = text.slice(at, at + taken.length);
    const equal = here === taken || (caseless && here.toLowerCase() === taken.toLowerCase());
    return equal && next(at + taken.length);
  };
}
