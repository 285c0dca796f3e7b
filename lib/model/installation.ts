/** What the configuration of an installation gives to every expression, wherever it is rendered. Holds no secrets: flows may print it. */
export interface Installation {
  /** `envs`: variables of the servers' environment that are meant for flows, by their names in small letters without the prefix. */
  readonly envs: Readonly<Record<string, string>>;
  /** `globals`. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Of times that name no zone; UTC if absent. */
  readonly timeZone?: string;
}

export const NO_INSTALLATION: Installation = { envs: {}, globals: {} };
