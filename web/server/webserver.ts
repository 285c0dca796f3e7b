/**
 * The webserver: REST, live streams, the page. Reads live executions and flows from Redis, the past from the repository, files
 * from the storage; wants everything else by messages. Holds nothing that another webserver would miss.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { hostname } from 'node:os';
import type { Bus } from '../../lib/bus/bus.ts';
import { BusTime } from '../../lib/bus/bus-time.ts';
import { MEMBER_BEAT_MS, type Member, newMember, VERSION } from '../../lib/bus/members.ts';
import type { Config } from '../../lib/config.ts';
import { type DataFolder, writeWhole } from '../../lib/data-folder.ts';
import { isFault } from '../../lib/errors.ts';
import { listenOn } from '../../lib/health-port.ts';
import type { Log } from '../../lib/log.ts';
import { numberOf } from '../../lib/model/ids.ts';
import type { Installation } from '../../lib/model/installation.ts';
import type { PluginSet } from '../../lib/plugin/load.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import type { Cipher } from '../../lib/secret/cipher.ts';
import type { Service } from '../../lib/service.ts';
import type { Storage } from '../../lib/storage/storage.ts';
import { appOf } from './app.ts';
import { type Household, prepare } from './auth/first-start.ts';
import { type Door, refuseOpenDoor } from './auth/guard.ts';
import { Leaving } from './leaving.ts';
import { Commands } from './live/commands.ts';
import { Copies } from './live/copies.ts';
import { Executions } from './live/executions.ts';
import { FeedHub } from './live/feed-hub.ts';
import { FlowLists } from './live/flow-lists.ts';
import { Flows } from './live/flows.ts';
import { LineHub } from './live/line-hub.ts';
import { Lives } from './live/live.ts';
import { Logs } from './live/logs.ts';
import { Restarts } from './live/restarts.ts';
import { Starts } from './live/starts.ts';
import { accessHandlers } from './routes/access.ts';
import { bulkHandlers } from './routes/bulk.ts';
import { evaluationHandlers } from './routes/evaluation.ts';
import { executionListHandlers } from './routes/execution-lists.ts';
import { executionHandlers } from './routes/executions.ts';
import { fileHandlers } from './routes/files.ts';
import { flowBulkHandlers } from './routes/flow-bulk.ts';
import { flowListHandlers } from './routes/flow-lists.ts';
import { flowPartHandlers } from './routes/flow-parts.ts';
import { flowHandlers } from './routes/flows.ts';
import { graphHandlers } from './routes/graphs.ts';
import { inputHandlers } from './routes/inputs.ts';
import { logListHandlers } from './routes/log-lists.ts';
import { logHandlers } from './routes/logs.ts';
import { metricHandlers } from './routes/metrics.ts';
import { namespaceHandlers } from './routes/namespaces.ts';
import { openApiHandlers } from './routes/open-api.ts';
import { operationHandlers } from './routes/operations.ts';
import { operatorHandlers } from './routes/operator.ts';
import { pluginHandlers } from './routes/plugins.ts';
import { previewHandlers } from './routes/previews.ts';
import type { Handlers } from './routes/register.ts';
import { sessionHandlers } from './routes/session.ts';
import { statisticsHandlers } from './routes/statistics.ts';

const PORT = 8080;
const MB = 1024 * 1024;
/** A request's headers must have come by then. */
const HEADERS_MS = 20_000;

export interface WebserverParts {
  readonly bus: Bus;
  readonly repository: Repository;
  readonly storage: Storage;
  readonly plugins: PluginSet;
  readonly cipher: Cipher;
  /** Of the environment, in clear. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the configuration gives to expressions. */
  readonly installation: Installation;
  readonly config: Config;
  /** A port that was set must be free; the default moves on. */
  readonly portFixed: boolean;
  readonly data: DataFolder;
  readonly log: Log;
}

export interface Webserver extends Service {
  /** Where it listens, such as `http://127.0.0.1:8080`; empty before it has started. */
  readonly url: string;
  /** What a person must know to come in: the address, a link that signs in once, a password that was made up. */
  greeting(): Promise<string>;
}

export const buildWebserver = (parts: WebserverParts): Webserver => new WebserverService(parts);

class WebserverService implements Webserver {
  readonly name = 'webserver';
  url = '';
  readonly #parts: WebserverParts;
  readonly #member: Member;
  readonly #hub: FeedHub;
  readonly #lines: LineHub;
  readonly #time: BusTime;
  #household: Household | undefined;
  #server: Server | undefined;
  #leaving: Leaving | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(parts: WebserverParts) {
    refuseOpenDoor(parts.config.auth, parts.config.host);
    this.#parts = parts;
    this.#hub = new FeedHub(parts.bus, parts.log);
    this.#lines = new LineHub(parts.bus, parts.log);
    this.#time = new BusTime(parts.bus);
    this.#member = newMember('webserver');
  }

  async start(): Promise<void> {
    const { bus, config, data, portFixed, log } = this.#parts;
    await this.#time.start();
    const household = await prepare(bus.vault, config, data);
    this.#household = household;
    const door: Door = { keeper: household.keeper, cookie: `windhover-${household.instance.slice(0, 8)}` };
    const app = appOf({ handlers: this.#handlers(door), door, allowedHosts: config.allowedHosts, log });
    this.#server = createServer({ headersTimeout: HEADERS_MS }, app.callback());
    this.#leaving = new Leaving(this.#server);
    const port = await listenOn(this.#server, config.host, config.port ?? PORT, portFixed);
    this.url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    writeWhole(data.address, `${this.url}\n`);
    log.info({ web: this.url }, 'listening');
    this.#beat = setInterval(() => this.#sayAlive(), MEMBER_BEAT_MS);
    this.#sayAlive();
  }

  async greeting(): Promise<string> {
    const { keeper, user, password } = this.#household!;
    const lines = [`Windhover is at   ${this.url}`];
    const link = await keeper?.makeLink(user).catch(withoutLink);
    if (link !== undefined) lines.push(`sign in by        ${this.url}/api/v1/login/${link}   (once, within an hour)`);
    if (password !== undefined) lines.push(`user, password    ${user}  ${password}   (shown only now)`);
    return lines.map((line) => `  ${line}\n`).join('');
  }

  async quiet(): Promise<void> {
    this.#leaving?.begin();
    this.#forgetAddress();
  }

  async stop(deadlineMs: number): Promise<void> {
    clearInterval(this.#beat);
    this.#time.stop();
    await this.#leaving?.end(deadlineMs);
    await Promise.all([this.#hub.close(), this.#lines.close()]);
    await this.#parts.bus.members.leave(this.#member.id).catch(() => {}); // Silence says the same after a while.
  }

  /** Unless another webserver of this folder has come meanwhile. */
  #forgetAddress(): void {
    const { address } = this.#parts.data;
    if (existsSync(address) && readFileSync(address, 'utf8').trim() === this.url) rmSync(address, { force: true });
  }

  health(): { readonly ok: boolean; readonly detail?: string } {
    if (!this.#server?.listening) return { ok: false, detail: 'it does not listen' };
    return this.#parts.bus.sightMs() > 0 ? { ok: true } : { ok: false, detail: 'Redis is away' };
  }

  #handlers(door: Door): Handlers {
    const { bus, repository, storage, plugins, cipher, secrets, config, installation } = this.#parts;
    const executions = new Executions(bus, repository);
    const flows = new Flows(bus, this.#hub, plugins.catalogue, config.pluginDefaults);
    const lists = new FlowLists({ bus, flows, repository });
    const watched = { hub: this.#hub, executions, partitions: bus.partitions };
    const followed = { ...watched, lives: new Lives(watched) };
    const logs = new Logs(repository, this.#lines, executions);
    const starts = new Starts({
      ...{ bus, flows, followed, storage, cipher, secrets, installation },
      httpAllowPrivate: config.httpAllowPrivate,
      time: this.#time,
      uploadBytesMax: config.uploadMb * MB,
    });
    const commands = new Commands({ bus, flows, followed, time: this.#time });
    const copies = new Copies({ starts, commands, time: this.#time });
    const restarts = new Restarts({ executions, flows, commands, time: this.#time });
    const operations = { executions, flows, starts, commands, restarts, copies, storage };
    return {
      ...sessionHandlers({
        ...door,
        version: VERSION,
        pluginsHash: numberOf(plugins.catalogue.entries.map(({ type }) => type).join(' ')),
        instance: this.#household!.instance,
      }),
      ...flowHandlers(flows),
      ...flowListHandlers({ flows, lists, repository }),
      ...flowPartHandlers(flows),
      ...flowBulkHandlers({ flows, lists, repository }),
      ...graphHandlers({ executions, flows, lists }),
      ...namespaceHandlers(lists),
      ...pluginHandlers(plugins, VERSION),
      ...inputHandlers(starts),
      ...executionHandlers({ bus, repository, executions, starts, followed }),
      ...operationHandlers(operations),
      ...bulkHandlers({ ...operations, bus, repository }),
      ...evaluationHandlers({ executions, flows }),
      ...executionListHandlers({ executions, flows, lists, repository }),
      ...fileHandlers(executions, storage),
      ...previewHandlers(executions, storage),
      ...logHandlers({ ...followed, lines: this.#lines, logs }),
      ...logListHandlers({ bus, repository }),
      ...metricHandlers(repository),
      ...statisticsHandlers({ flows, lists, repository }),
      ...operatorHandlers(bus),
      ...accessHandlers({ accounts: this.#household!.accounts, firstUser: this.#household!.user }),
      ...openApiHandlers(VERSION),
    };
  }

  #sayAlive(): void {
    this.#parts.bus.members.beat({ ...this.#member, url: reachable(this.url) }).catch((error: unknown) => {
      // Redis is away: the next beat says it.
      if (!isFault(error)) this.#parts.log.error({ err: error }, 'the beat was refused');
    });
  }
}

/** For others to reach it: what listens on all addresses is at the one of this machine's name. */
const reachable = (url: string): string => url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, `//${hostname()}`);

/** A full Redis keeps no link: whoever comes has a password. */
function withoutLink(error: unknown): undefined {
  if (!isFault(error, 'bus.full')) throw error;
  return undefined;
}
