/** What a server holds, by its own metrics. */
import type { ServerProcess } from './server.ts';

const RESIDENT = /^windhover_process_resident_memory_bytes (\S+)$/m;
const YOUNG = /^windhover_nodejs_heap_space_size_total_bytes\{space="new"\} (\S+)$/m;
const LOOK_MS = 250;

/**
 * Bytes that are resident, without the young generation: V8 makes that as large as it likes by how much comes at once, up to a
 * bound that is the same for one reader and for a thousand.
 */
async function heldBy({ health }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${health}/metrics`)).text();
  const [resident, young] = [RESIDENT, YOUNG].map((metric) => Number(metric.exec(text)?.[1]));
  const held = resident! - young!;
  if (!(held > 0)) throw new Error(`expected metrics of memory, got ${text.slice(0, 500)}`);
  return held;
}

/**
 * How much more it holds at the most during `much` than at the most during `little`, in bytes. Of a young generation that has just
 * grown not all is resident, and it counts as too little then: so one moment before is nothing to compare with.
 */
export async function growth(
  server: ServerProcess,
  little: () => Promise<void>,
  much: () => Promise<void>,
): Promise<number> {
  const before = await mostDuring(server, little);
  return (await mostDuring(server, much)) - before;
}

async function mostDuring(server: ServerProcess, during: () => Promise<void>): Promise<number> {
  let most = await heldBy(server);
  let going = true;
  const watching = (async () => {
    for (; going; await new Promise((resolve) => setTimeout(resolve, LOOK_MS)))
      most = Math.max(most, await heldBy(server));
  })();
  try {
    await during();
  } finally {
    going = false;
    await watching;
  }
  return most;
}
