/**
 * Committed attempts become parcels, one BullMQ job each: short tasks travel together, as many as spread over all threads, or
 * more where they take next to nothing; a slow or new type travels alone, and so does whatever was delivered before, ahead of
 * all others. A parcel may hold attempts of several partitions of a round: they were committed together, and claims go by
 * partition anyway.
 */

import type { Bus } from '../../lib/bus/bus.ts';
import { type Item, PARCEL_ITEMS_MAX, type Parcel, type Sequel } from '../../lib/bus/queues.ts';
import { deliveryNumber } from '../../lib/model/execution.ts';
import { derivedId } from '../../lib/model/ids.ts';
import type { Dispatch } from './batch.ts';
import type { Durations } from './durations.ts';

/** What a parcel may take although threads are free: to spread less would cost more than it brings. */
const TOGETHER_MS = 10;

/** What a worker may do behind an item, without its thread being asked for by others. */
const BEHIND_MS = 100;

export interface SentParcel {
  readonly group: string;
  readonly parcel: Parcel;
}

export class Parcels {
  readonly #bus: Bus;
  readonly #durations: Durations;
  /** Threads of the live workers, by group. */
  threads: ReadonlyMap<string, number> = new Map();

  constructor(bus: Bus, durations: Durations) {
    this.#bus = bus;
    this.#durations = durations;
  }

  /** `open`: attempts that are out already. Throws `bus.unavailable`: nothing of it may have been sent, or some. */
  async send(dispatches: readonly Dispatch[], open: number): Promise<readonly SentParcel[]> {
    const sent = this.#pack(dispatches, open);
    const byGroup = Map.groupBy(sent, ({ group }) => group);
    await Promise.all(
      [...byGroup].map(([group, parcels]) =>
        this.#bus.queues.add(
          group,
          parcels.map(({ parcel }) => parcel),
        ),
      ),
    );
    return sent;
  }

  #pack(dispatches: readonly Dispatch[], open: number): SentParcel[] {
    const parcels: SentParcel[] = [];
    const short = new Map<string, { readonly items: Item[]; ms: number }>();
    for (const { group, type, item } of dispatches) {
      const again = deliveryNumber(item.delivery) > 1;
      if (again || !this.#durations.isShort(type)) {
        item.sequels = undefined;
        parcels.push(parcelOf(group, [item], again));
      } else {
        item.short = true;
        item.sequels = this.#brief(item.sequels);
        let together = short.get(group);
        if (!together) short.set(group, (together = { items: [], ms: 0 }));
        together.items.push(item);
        together.ms += this.#durations.meanMs(type);
      }
    }
    for (const [group, { items, ms }] of short) {
      const spread = Math.ceil(Math.max(open, items.length) / (this.threads.get(group) || 1));
      const brief = Math.floor((TOGETHER_MS * items.length) / ms);
      const size = Math.max(1, Math.min(PARCEL_ITEMS_MAX, Math.max(spread, brief)));
      for (let from = 0; from < items.length; from += size)
        parcels.push(parcelOf(group, items.slice(from, from + size)));
    }
    return parcels;
  }

  /** Those that are over so soon that nobody has waited for the thread. */
  #brief(sequels: readonly Sequel[] = []): readonly Sequel[] | undefined {
    let ms = 0;
    const long = sequels.findIndex(
      ({ type }) => !this.#durations.isShort(type) || (ms += this.#durations.meanMs(type)) > BEHIND_MS,
    );
    const brief = long < 0 ? sequels : sequels.slice(0, long);
    return brief.length > 0 ? brief : undefined;
  }
}

const parcelOf = (group: string, items: readonly Item[], first = false): SentParcel => ({
  group,
  parcel: {
    name: derivedId('parcel', items[0]!.ref, items[0]!.delivery, items.length),
    items,
    ...(first && { first }),
  },
});
