/** No effect begins later than a second after a kill was acknowledged. */
import { type Judge, wasCut } from './evidence.ts';

const LATE_MS = 1_000;

export const judgeKills: Judge = (evidence) => {
  const killedMs = new Map<string, number>();
  // A kill that was cut off was never asked for.
  for (const { id, doneMs } of evidence.history.of('kill', 'acknowledged'))
    if (!wasCut(evidence, doneMs)) killedMs.set(id!, Math.min(doneMs, killedMs.get(id!) ?? doneMs));
  return evidence.effects.flatMap(({ what, execution, flow, task, atMs }) => {
    const atKill = killedMs.get(execution);
    return what === 'begin' && atKill !== undefined && atMs > atKill + LATE_MS
      ? [`${flow} ${execution}: ${task} began ${atMs - atKill} ms after its kill was acknowledged`]
      : [];
  });
};
