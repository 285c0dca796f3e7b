/** Server-sent events as text comes in: the parser is pure, `eventsOf` feeds it from an answer's body. */

/** What one event may hold before its end is seen: an execution with 10,000 task runs is some megabytes. */
const EVENT_CHARACTERS_MAX = 64 * 1024 * 1024;

export interface ServerEvent {
  /** `message` where the server names none. */
  readonly event: string;
  readonly data: string;
  /** The last id that was sent: a cursor for Last-Event-ID. */
  readonly id: string;
}

export class SseParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id = '';

  /** The events that this piece of text completes; the pieces may end anywhere. */
  feed(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const all = this.#rest + text;
    // A CR at the very end may be half of a CRLF: it waits.
    const whole = all.endsWith('\r') ? all.slice(0, -1) : all;
    const lines = whole.split(/\r\n|\n|\r/);
    this.#rest = lines.pop()! + all.slice(whole.length);
    if (this.#rest.length > EVENT_CHARACTERS_MAX)
      throw new Error(`expected events of at most ${EVENT_CHARACTERS_MAX} characters`);
    for (const line of lines) {
      const event = line === '' ? this.#complete() : this.#field(line);
      if (event) events.push(event);
    }
    return events;
  }

  #field(line: string): undefined {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
  }

  #complete(): ServerEvent | undefined {
    const event = this.#event || 'message';
    const data = this.#data;
    this.#event = '';
    this.#data = [];
    // As HTML says: an event without data is none. Kestra's empty `start` carries only an id.
    return data.length === 0 ? undefined : { event, data: data.join('\n'), id: this.#id };
  }
}

export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const parser = new SseParser();
  const decoder = new TextDecoder();
  for await (const chunk of body) yield* parser.feed(decoder.decode(chunk, { stream: true }));
}
