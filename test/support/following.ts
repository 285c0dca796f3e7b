/** Streams of events as clients read them: to their end, up to some event, or with the connection cut anywhere. */
import { eventsOf, type ServerEvent } from '../../web/cli/sse.ts';
import type { Dice } from '../simulation/random.ts';
import type { Api } from './api.ts';

const STREAMS_MAX = 10_000;

/** Until the stream ends or the caller stops; then the connection is closed. Throws what is refused. */
export async function* follow(api: Api, path: string, lastEventId?: string): AsyncGenerator<ServerEvent> {
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${api.token}`, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) };
  try {
    const answer = await fetch(`${api.url}/api/v1/main${path}`, { headers, signal: leaving.signal });
    if (answer.status !== 200) throw new Error(`expected a stream, got ${answer.status} ${await answer.text()}`);
    yield* eventsOf(answer.body!);
  } finally {
    leaving.abort();
  }
}

export async function followed(api: Api, path: string, lastEventId?: string): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of follow(api, path, lastEventId)) events.push(event);
  return events;
}

/** What a reader hears that goes away after some events, at random, and comes back with the last id, until `end`. */
export async function followedInPieces(
  api: Api,
  path: string,
  { dice, eventsMax }: { readonly dice: Dice; readonly eventsMax: number },
): Promise<{ readonly events: readonly ServerEvent[]; readonly streams: number }> {
  const events: ServerEvent[] = [];
  let id = '';
  for (let streams = 1; streams < STREAMS_MAX; streams++) {
    let left = dice.below(eventsMax);
    for await (const event of follow(api, path, id)) {
      events.push(event);
      id = event.id;
      if (event.event === 'end') return { events, streams };
      if (left-- <= 0) break;
    }
  }
  throw new Error(`expected an end within ${STREAMS_MAX} streams`);
}
