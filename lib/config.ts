/**
 * The configuration: one schema, environment over a YAML file (parsed by the caller: this room holds no parser). Frozen at
 * launch; unknown keys are refused with a hint. The only file that reads the environment.
 */
import { z } from 'zod';
import { refusalOfSetting } from './config-refusal.ts';
import { Fault } from './errors.ts';
import { nearest } from './nearest.ts';

/** A number, or its text: what else JavaScript takes for one (true, a list of one) is refused. */
const number = z.preprocess(numberIn, z.number());
const within = (least: number, most: number) => number.pipe(z.number().min(least).max(most));
const wholeWithin = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  number.pipe(z.number().int('expected a whole number').min(least).max(most));

const port = wholeWithin(1, 65_535);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
  error: 'expected true or false',
});
const list = z.union(
  [
    z.array(z.string()),
    z.string().transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    ),
  ],
  { error: 'expected a list of texts, or texts separated by commas' },
);

/** `P30D`, or a number of days; 0 keeps everything. */
const DAYS = 'expected days, such as 30 or P30D, or 0';
const retention = z.preprocess(
  (given) => numberIn(typeof given === 'string' && /^P\d+D$/.test(given) ? given.slice(1, -1) : given),
  z.number(DAYS).min(0, DAYS),
);

const webAddress = z.string().regex(/^https?:\/\/[^/]/, 'expected http://… or https://…');

/** As OpenTelemetry writes them in the environment, `name=value,…` with values in percent encoding; or a map. */
const headers = z.preprocess(
  (given) => (typeof given === 'string' ? headersIn(given) : given),
  z.record(z.string().min(1), z.string()),
);

/** A list, or a map from types to the rest; in the environment as JSON. */
const pluginDefaults = z.preprocess(
  (given) => {
    const value: unknown = typeof given === 'string' ? jsonIn(given) : given;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.entries(value).map(([type, rest]) => ({ ...(rest as object), type }));
  },
  z.array(
    z.strictObject({
      type: z.string().min(1),
      forced: flag.default(false),
      values: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
);

/** `globals` of expressions; in the environment as JSON. */
const variables = z.preprocess(
  (given) => (typeof given === 'string' ? jsonIn(given) : given),
  z.strictObject({ globals: z.record(z.string(), z.unknown()).default({}) }),
);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false; // It throws for every name that it does not know.
  }
}

function numberIn(given: unknown): unknown {
  if (typeof given !== 'string' || given.trim() === '' || Number.isNaN(Number(given))) return given;
  return Number(given);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The schema refuses it.
  }
}

function headersIn(text: string): unknown {
  try {
    return Object.fromEntries(
      text
        .split(',')
        .filter((part) => part.trim() !== '')
        .map((part) => {
          const [name = '', ...value] = part.split('=');
          return [name.trim(), decodeURIComponent(value.join('=').trim())];
        }),
    );
  } catch {
    return text; // The schema refuses it.
  }
}

const SCHEMA = z.strictObject({
  data: z.string().default('.windhover'),
  redisUrl: z.string().optional(),
  /** The repository; without one, SQLite in the data folder. */
  databaseUrl: z
    .string()
    .regex(/^(postgres|postgresql|mysql):\/\//, 'expected postgres://… or mysql://…')
    .optional(),
  partitions: wholeWithin(1, 1024).optional(),
  host: z.string().default('127.0.0.1'),
  port: port.optional(),
  healthPort: port.optional(),
  healthHost: z.string().default('127.0.0.1'),
  allowedHosts: list.default([]),
  auth: flag.default(true),
  user: z.string().min(1).optional(),
  password: z.string().min(8).optional(),
  threads: wholeWithin(1, 1000).optional(),
  workerGroup: z
    .string()
    .regex(/^[a-zA-Z0-9_-]+$/, 'expected letters, digits, _ and -')
    .default('default'),
  pluginDefaults: pluginDefaults.default([]),
  variables: variables.default({ globals: {} }),
  /** 32 bytes in base64. Never printed. */
  encryptionKey: z.string().optional(),
  /** What the files of one start may have together. */
  uploadMb: within(Number.MIN_VALUE, 100_000).default(100),
  timezone: z.string().refine(isTimeZone, 'expected a time zone such as Europe/Paris').optional(),
  retention: retention.default(30),
  plugins: list.default([]),
  /** Tasks may make HTTP requests to loopback and private addresses. */
  httpAllowPrivate: flag.default(false),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  logFormat: z.enum(['pretty', 'json']).optional(),
  durability: z.enum(['standard', 'strict']).default('standard'),
  /** OpenTelemetry's collector, OTLP/HTTP. */
  otlpEndpoint: webAddress.optional(),
  otlpTracesEndpoint: webAddress.optional(),
  /** Never printed. */
  otlpHeaders: headers.optional(),
  /** Seconds. */
  stopDeadline: within(2, 3_600).default(30),
  url: webAddress.optional(),
  token: z.string().optional(),
});

export type Config = Readonly<z.output<typeof SCHEMA>>;
export type ConfigKey = keyof Config;

const KEYS = Object.keys(SCHEMA.shape) as ConfigKey[];
const PREFIX = 'WINDHOVER_';
/** Settings that have a name of their own in the environment. */
const VARIABLES: Readonly<Partial<Record<ConfigKey, string>>> = {
  redisUrl: 'REDIS_URL',
  databaseUrl: 'DATABASE_URL',
  otlpEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  otlpTracesEndpoint: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  otlpHeaders: 'OTEL_EXPORTER_OTLP_HEADERS',
};
/** Variables of ours that are no settings: where the file is, and marks that a parent leaves its children. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(['WINDHOVER_CONFIG', 'WINDHOVER_SUPERVISED', 'WINDHOVER_NODE']);

/** Never printed. Addresses may hold a password too: `config print` leaves it out. */
export const SECRET_KEYS: ReadonlySet<ConfigKey> = new Set(['password', 'encryptionKey', 'token', 'otlpHeaders']);

/** All settings with their defaults as the schema has them; undefined: what is done without one depends. */
export const settings = (): readonly (readonly [key: ConfigKey, absent: unknown])[] => {
  const defaults: Readonly<Partial<Record<ConfigKey, unknown>>> = SCHEMA.parse({});
  return KEYS.map((key) => [key, defaults[key]]);
};

export const variableOf = (key: ConfigKey): string =>
  VARIABLES[key] ?? PREFIX + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

export interface LoadedConfig {
  readonly config: Config;
  /** Keys that somebody set, as against defaults: a taken port that was set is an error, a taken default moves on. */
  readonly given: ReadonlySet<ConfigKey>;
}

/** Where the configuration file stands, if the environment names one. */
export const configFile = (env: NodeJS.ProcessEnv = process.env): string | undefined => env.WINDHOVER_CONFIG;

/** Environment over `file` (the parsed YAML of the configuration file) over defaults; `overrides` (command line) over all. */
export function loadConfig(options: {
  readonly env?: NodeJS.ProcessEnv;
  readonly file?: { readonly name: string; readonly content: unknown };
  readonly overrides?: Readonly<Partial<Record<ConfigKey, unknown>>>;
}): LoadedConfig {
  const env = options.env ?? process.env;
  const [inFile, over] = [fromFile(options.file), { ...fromEnvironment(env), ...defined(options.overrides) }];
  const values: Record<string, unknown> = { ...inFile, ...over };
  const parsed = SCHEMA.safeParse(values);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const key = String(issue.path[0] ?? '') as ConfigKey;
      const file = Object.hasOwn(over, key) ? '' : `${options.file?.name}: `;
      return `${file}${key} (${variableOf(key)}): ${refusalOfSetting(issue, values[key], SECRET_KEYS.has(key))}`;
    });
    throw new Fault('config.invalid', lines.join('; '));
  }
  return { config: Object.freeze(parsed.data), given: new Set(Object.keys(values) as ConfigKey[]) };
}

/** Which of the keys the environment sets; the others that somebody has set stand in the file. */
export const setByEnvironment = (env: NodeJS.ProcessEnv = process.env): ReadonlySet<ConfigKey> =>
  new Set(Object.keys(fromEnvironment(env)) as ConfigKey[]);

function fromFile(file: { readonly name: string; readonly content: unknown } | undefined): Record<string, unknown> {
  // Nothing but comments.
  if (!file || isAbsent(file.content)) return {};
  if (typeof file.content !== 'object' || file.content === null || Array.isArray(file.content))
    throw new Fault(
      'config.invalid',
      `${file.name}: expected a map of settings, got ${JSON.stringify(file.content).slice(0, 60)}`,
    );
  for (const key of Object.keys(file.content)) refuseUnknown(key, KEYS, file.name);
  return Object.fromEntries(Object.entries(file.content).filter(([, value]) => !isAbsent(value)));
}

/** As an empty variable, a key without a value sets nothing. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const variables = new Map(KEYS.map((key) => [variableOf(key), key]));
  for (const name of Object.keys(env))
    if (name.startsWith(PREFIX) && !OTHER_VARIABLES.has(name))
      refuseUnknown(name, [...variables.keys()], 'environment');
  const values: Record<string, unknown> = {};
  for (const [variable, key] of variables)
    if (env[variable] !== undefined && env[variable] !== '') values[key] = env[variable];
  return values;
}

function refuseUnknown(name: string, known: readonly string[], where: string): void {
  if (known.includes(name)) return;
  const hint = nearest(name, known);
  throw new Fault(
    'config.invalid',
    `${where}: expected a known setting, got ${name}${hint ? ` (did you mean ${hint}?)` : ''}`,
  );
}

const defined = (values: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Kestra's name before 0.23, and the one that it has now, which wins. */
const FLOW_PREFIXES = ['KESTRA_', 'ENV_'];
/** Settings of a Kestra that stands on this machine or was moved here: they hold passwords, and any flow may print `envs`. */
const OF_KESTRA =
  /^KESTRA_(?:CONFIGURATION|DATASOURCES|ELASTICSEARCH|ENCRYPTION|EE|INDEXER|JDBC|KAFKA|LICENSE|MICRONAUT|PLUGINS|QUEUE|REPOSITORY|SECRET|SECURITY|SERVER|STORAGE|TASKS|WEBSERVER)(?:_|$)/;
const SECRET_PREFIX = 'SECRET_';

/** The environment that flows may see, as `envs`: `ENV_REGION` and `KESTRA_REGION` are `envs.region`. */
export function flowVariables(env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const prefix of FLOW_PREFIXES)
    for (const [name, value] of Object.entries(env))
      if (value !== undefined && name.length > prefix.length && name.startsWith(prefix) && !OF_KESTRA.test(name))
        found.set(name.slice(prefix.length).toLowerCase(), value);
  return Object.fromEntries(found);
}

/** `SECRET_TOKEN` by its name TOKEN, still in base64. Never printed. */
export const secretVariables = (env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith(SECRET_PREFIX) && value ? [[name.slice(SECRET_PREFIX.length).toUpperCase(), value]] : [],
    ),
  );

/** What a child process of ours is started with: our own environment, and what is said on top. */
export const environmentWith = (extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...extra,
});

/** PATH and LANG for user code are taken from here, and nothing else. */
export const hostPath = (): string => process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
export const hostLanguage = (): string => process.env.LANG ?? 'C.UTF-8';
