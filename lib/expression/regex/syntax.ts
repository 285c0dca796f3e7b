/** The tree of a regular expression. `takes` says whether a character (a code point) fits. */
export type Takes = (code: number) => boolean;

export type RegexNode =
  | { readonly kind: 'character'; readonly takes: Takes }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: RegexNode;
      readonly least: number;
      readonly most: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly kind: 'group'; readonly index: number; readonly item: RegexNode }
  | { readonly kind: 'atomic'; readonly item: RegexNode }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negated: boolean; readonly item: RegexNode }
  | { readonly kind: 'back'; readonly index: number; readonly caseless: boolean }
  | { readonly kind: 'place'; readonly holds: (text: string, at: number) => boolean };

export type Regex = {
  readonly root: RegexNode;
  /** Group 0, the whole match, counts. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
};

export type Flags = {
  readonly caseless: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
  readonly spaced: boolean;
};
export const NO_FLAGS: Flags = { caseless: false, lines: false, dotAll: false, spaced: false };
