/** Small values that all webservers share: users, tokens, sessions. Keys are texts without spaces. */
export interface Vault {
  get(key: string): Promise<string | undefined>;
  /** `onlyIfAbsent` makes it a claim: false when there was one. */
  set(
    key: string,
    value: string,
    options?: { readonly ttlMs?: number; readonly onlyIfAbsent?: boolean },
  ): Promise<boolean>;
  /** Another value in place of one that is there, and for as long as that; false, and nothing, where there is none. */
  replace(key: string, value: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Keys with the prefix. */
  keys(prefix: string): Promise<readonly string[]>;
}
