/**
 * Keeps the timetable as the flows are: reads the feeds of the flows behind the kept cursors. A partition without a cursor,
 * or whose feed was rolled back or trimmed beyond it, is read from its documents instead. Triggers and cursors are written
 * in one commit, so a flow is never passed over.
 */
import type { Bus } from '../../lib/bus/bus.ts';
import type { FlowEvent } from '../../lib/bus/feed.ts';
import type { TriggerRecord } from '../../lib/bus/timetable.ts';
import type { FlowDocument } from '../../lib/flow/actor.ts';
import { aboutFlow, type Log } from '../../lib/log.ts';
import type { Installation } from '../../lib/model/installation.ts';
import { allPartitions, flowKey, flowPartition, type Partition } from '../../lib/model/partition.ts';
import { NO_VERSION } from '../../lib/model/version.ts';
import type { Cipher } from '../../lib/secret/cipher.ts';
import type { Definitions } from './definitions.ts';
import type { Term } from './term.ts';
import { dueOf, type TriggerState, triggerUid } from './ticks.ts';

const ENTRIES = 100;
const DOCUMENTS_AT_ONCE = 200;

export interface Flows {
  readonly bus: Bus;
  readonly definitions: Definitions;
  /** Of schedules that name none. */
  readonly timezone: string;
  /** Seals secrets that triggers give. */
  readonly cipher?: Cipher;
  /** Of the environment, in clear, by their names in capitals. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What the configuration gives to expressions. */
  readonly installation?: Installation;
  readonly log: Log;
}

/** Its cursor says by which plugin defaults the flows were read. */
const DEFAULTS = 'pluginDefaults';

/** A flow as it is now; without a source it is deleted. `sure`: it was read from its document. */
interface Seen {
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  readonly revision: number;
  readonly source?: string;
  readonly sure: boolean;
}

interface Change {
  readonly triggers: readonly TriggerRecord[];
  readonly dropped: readonly string[];
}

/** Other plugin defaults make other triggers: then every flow is read anew. */
export function doubtDefaults({ bus, definitions }: Flows, term: Term): void {
  if ((term.cursors.get(DEFAULTS) ?? '') === definitions.defaults) return;
  for (const partition of allPartitions('f', bus.partitions)) term.cursors.delete(partition);
}

/** Once all are read; false: the lead is lost. */
export async function keepDefaults({ bus, definitions }: Flows, term: Term): Promise<boolean> {
  const isKept = (term.cursors.get(DEFAULTS) ?? '') === definitions.defaults;
  if (isKept || allPartitions('f', bus.partitions).some((partition) => !term.cursors.has(partition))) return true;
  return term.commit({ cursors: new Map([[DEFAULTS, definitions.defaults]]) });
}

/** Forgets the cursors that cannot be read from: their feed ends below them, or begins above. */
export async function doubtCursors({ bus, log }: Flows, term: Term): Promise<void> {
  const known = allPartitions('f', bus.partitions).filter((partition) => term.cursors.has(partition));
  if (known.length === 0) return;
  const [newest, oldest] = await Promise.all([
    bus.feeds.newest(known),
    bus.feeds.read(new Map(known.map((partition) => [partition, NO_VERSION])), { count: 1, blockMs: 0 }),
  ]);
  for (const partition of known) {
    const cursor = term.cursors.get(partition)!;
    const first = oldest.get(partition)?.[0]?.version ?? NO_VERSION;
    if (newest.get(partition)! >= cursor && (cursor === NO_VERSION || first <= cursor)) continue;
    log.info({ partition }, 'the feed does not go on where the scheduler was; reading the flows themselves');
    term.cursors.delete(partition);
  }
}

/** Reads what there is, as long as `hasTime`; false: the lead is lost. */
export async function readFlows(flows: Flows, term: Term, nowMs: number, hasTime: () => boolean): Promise<boolean> {
  const partitions = allPartitions('f', flows.bus.partitions);
  for (const partition of partitions) {
    while (!term.cursors.has(partition)) {
      if (!(await scanOn(flows, term, partition, nowMs))) return false;
      if (!hasTime()) return true;
    }
  }
  do {
    const since = new Map(partitions.map((partition) => [partition, term.cursors.get(partition)!]));
    const found = await flows.bus.feeds.read(since, { count: ENTRIES, blockMs: 0 });
    if (found.size === 0) return true;
    const latest = new Map<string, Seen>();
    const cursors = new Map<Partition, string>();
    for (const [partition, entries] of found) {
      cursors.set(partition, entries.at(-1)!.version);
      for (const { events } of entries) for (const [id, json] of events) take(latest, id, json);
    }
    if (!(await term.commit({ ...(await changeOf(flows, term, [...latest.values()], nowMs)), cursors }))) return false;
  } while (hasTime());
  return true;
}

/** The last event of each flow that says what it is. An answer that was given before may come again, with its old revision. */
function take(latest: Map<string, Seen>, id: string, json: string): void {
  if (id === '') return;
  const event = JSON.parse(json) as FlowEvent;
  const { outcome, tenant, namespace, revision = 0, source } = event;
  if (outcome !== 'deleted' && (outcome !== 'saved' || source === undefined)) return;
  const before = latest.get(id);
  if (before && before.revision > revision) return;
  latest.set(id, {
    tenant,
    namespace,
    id: event.id,
    revision,
    ...(outcome === 'saved' ? { source } : {}),
    sure: false,
  });
}

/** One step of reading a partition from its documents; the last one leaves its cursor. */
async function scanOn(flows: Flows, term: Term, partition: Partition, nowMs: number): Promise<boolean> {
  const { documents, feeds } = flows.bus;
  let scan = term.scans.get(partition);
  if (!scan) {
    // What is committed from here on is behind the cursor.
    const cursor = (await feeds.newest([partition])).get(partition)!;
    scan = { cursor, ids: await documents.ids(partition), done: 0 };
    term.scans.set(partition, scan);
  }
  const { cursor, ids, done } = scan;
  const heads = await Promise.all(
    ids
      .slice(done, done + DOCUMENTS_AT_ONCE)
      .map(async (id) => [id, (await documents.fields(partition, id, ['head']))[0]] as const),
  );
  const seen = heads.flatMap(([id, head]) =>
    head === undefined ? [] : [fromDocument(id, JSON.parse(head) as FlowDocument)],
  );
  const { triggers, dropped } = await changeOf(flows, term, seen, nowMs);
  scan.done += DOCUMENTS_AT_ONCE;
  if (scan.done < ids.length) return triggers.length + dropped.length === 0 || term.commit({ triggers, dropped });
  term.scans.delete(partition);
  const present = new Set(ids);
  const gone = [...term.uids].filter(
    ([key]) => !present.has(key) && flowPartition(nameOf(key), flows.bus.partitions) === partition,
  );
  return term.commit({
    triggers,
    dropped: [...dropped, ...gone.flatMap(([, uids]) => [...uids])],
    cursors: new Map([[partition, cursor]]),
  });
}

function fromDocument(key: string, { revision, source, deleted }: FlowDocument): Seen {
  return { ...nameOf(key), revision, ...(deleted ? {} : { source }), sure: true };
}

function nameOf(key: string): Pick<Seen, 'tenant' | 'namespace' | 'id'> {
  const [tenant = '', namespace = '', id = ''] = key.split('/');
  return { tenant, namespace, id };
}

async function changeOf(flows: Flows, term: Term, seen: readonly Seen[], nowMs: number): Promise<Change> {
  const changes = await Promise.all(seen.map((one) => changeOfOne(flows, term, one, nowMs)));
  return { triggers: changes.flatMap(({ triggers }) => triggers), dropped: changes.flatMap(({ dropped }) => dropped) };
}

async function changeOfOne(
  { bus, definitions, timezone, log }: Flows,
  term: Term,
  seen: Seen,
  nowMs: number,
): Promise<Change> {
  const key = flowKey(seen);
  const known = [...(term.uids.get(key) ?? [])];
  const records = await Promise.all(known.map((uid) => bus.timetable.read(uid)));
  const before = new Map(
    records.flatMap((record) =>
      record ? [[record.uid, { ...record, state: JSON.parse(record.state) as TriggerState }] as const] : [],
    ),
  );
  if (!seen.sure && [...before.values()].some(({ state }) => state.flow.revision > seen.revision))
    return { triggers: [], dropped: [] };
  if (seen.source === undefined) return { triggers: [], dropped: known };
  const { flow, problem } = definitions.read(seen.tenant, seen.source);
  if (!flow)
    log.warn(
      { ...aboutFlow(key), reason: problem },
      'a flow cannot be read by this scheduler: its triggers are left out',
    );
  const ref = {
    tenant: seen.tenant,
    namespace: seen.namespace,
    id: seen.id,
    revision: seen.revision,
    hash: flow?.hash ?? '',
  };
  const triggers: TriggerRecord[] = [];
  const dropped = new Set(known);
  for (const trigger of flow?.triggers ?? []) {
    const uid = triggerUid(ref, trigger.id);
    const was = before.get(uid);
    dropped.delete(uid);
    if (was?.state.flow.hash === ref.hash && was.state.flow.revision === ref.revision) continue;
    const dueMs = dueOf(trigger, timezone, was, { nowMs, disabled: flow!.disabled });
    const state: TriggerState = {
      flow: ref,
      source: seen.source,
      trigger,
      ...(was?.state.lastMs === undefined ? {} : { lastMs: was.state.lastMs }),
    };
    triggers.push({ uid, state: JSON.stringify(state), ...(dueMs === undefined ? {} : { dueMs }) });
  }
  return { triggers, dropped: [...dropped] };
}
