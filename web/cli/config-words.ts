/** What each setting sets, in words: `docs/configuration.md` and `windhover config doc` are made of them and of the schema. */
import type { ConfigKey } from '../../lib/config.ts';

export const WORDS: Readonly<Record<ConfigKey, string>> = {
  data: 'the data folder: database, files, private Redis, token',
  redisUrl:
    '`redis://host:port`, the path of a socket, `redis+sentinel://host:port,host:port/master` (`?sentinelPassword=…`) or `redis+cluster://host:port,host:port`, each with `user:password@` before the hosts; `rediss…` is over TLS; Redis 7.0 or newer, `noeviction`',
  databaseUrl:
    'the repository: `postgres://…` (12 or newer) or `mysql://…` (8.0.17 or newer; not MariaDB); none is SQLite in the data folder',
  partitions:
    'how many mailboxes there are, at most one executor each; fixed at the first start, as `8` where none is set: a large installation sets `64`',
  host: 'where the webserver listens; anything but loopback is refused with authentication off',
  port: 'its port; without it 8080, or the next one that is free',
  healthPort: 'health and metrics; without it one of 8081 and on',
  healthHost: 'where health and metrics listen; in a container `0.0.0.0`',
  allowedHosts: 'further values of `Host` that are answered, separated by commas',
  auth: '`false` asks nobody who they are',
  user: "the first user's name",
  password: "the first user's password, of 8 signs and more; made and printed once if absent",
  threads: 'tasks that a worker runs at once; without it by the machine',
  workerGroup: 'the group whose tasks a worker takes',
  pluginDefaults:
    'values for properties that tasks of a type do not set: a list of `type`, `forced`, `values`; in the environment as JSON',
  variables: '`globals`, a map that expressions see as `globals.…`; in the environment as JSON',
  encryptionKey:
    '32 bytes in base64 that secrets are encrypted with, the same on every machine; made, it stands in `encryption.key` of the data folder: back it up',
  uploadMb: 'what the files that start an execution may have together',
  timezone: 'of schedules and of times in expressions that name none',
  retention: 'days of history, or `P30D`; `0` keeps everything',
  plugins: 'packages that bring tasks, separated by commas',
  httpAllowPrivate: 'whether HTTP tasks may reach loopback and private addresses; link-local ones never',
  logLevel: '`debug`, `info`, `warn`, `error` or `silent`',
  logFormat: '`pretty` or `json`; absent: pretty where a person looks',
  durability:
    '`strict`: the private Redis writes to disk before it answers (another one needs `appendfsync always`), and a start or a kill is confirmed by a replica first, where there is one',
  otlpEndpoint:
    'an OpenTelemetry collector that takes OTLP over HTTP as JSON, such as `http://127.0.0.1:4318`: the indexer sends it the traces of ended executions',
  otlpTracesEndpoint: 'the same with its path, for traces alone; goes before the one above',
  otlpHeaders: 'headers of its requests, `name=value` separated by commas; in the file a map',
  stopDeadline: 'seconds that a server takes to stop (10 in `npm start`); what runs longer is handed to others',
  url: "for the command line: the server's address; without it that of this machine",
  token: 'for the command line: what it signs in with; `windhover token create` makes one',
};
