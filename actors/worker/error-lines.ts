/** What `errorLogs()` gives: the last error lines of an execution, asked of a webserver, which knows those of the last moment. */
import { systemClock } from '../../lib/clock.ts';
import type { Server } from '../../plugins/sdk/index.ts';

const LINES_MAX = 25;
/** A line is on its way for a moment; who asks does so because something has failed. */
const TRIES_MAX = 4;
const PAUSE_MS = 250;

/** Throws a sentence. */
export async function errorLines(server: Server, executionId: string): Promise<readonly unknown[]> {
  for (let tries = 1; ; tries++) {
    const { status, body } = await server.ask('GET', `/logs/${encodeURIComponent(executionId)}?minLevel=ERROR`);
    if (status >= 400 || !Array.isArray(body))
      throw new Error(`expected the log of ${executionId}, got ${status} from the server`);
    if (body.length > 0 || tries >= TRIES_MAX) return body.slice(-LINES_MAX);
    await systemClock.sleep(PAUSE_MS);
  }
}
