/** Names of timers: `<execution>/<kind>/<what it is about>`. Unique in a partition; setting one again moves it. */
export type TimerKind =
  /** A task run: its next try. */
  | 'retry'
  /** A flowable's task run: its next iteration, the end of its pause, its timeout. */
  | 'again'
  | 'pause'
  | 'timeout'
  /** The execution: its scheduled beginning, the place of an SLA, being made anew. */
  | 'start'
  | 'sla'
  | 'renew';

export const timerName = (executionId: string, kind: TimerKind, about: string): string =>
  `${executionId}/${kind}/${about}`;

export function partsOfTimer(name: string): { readonly kind: TimerKind; readonly about: string } {
  const [, kind, about = ''] = name.split('/');
  return { kind: kind as TimerKind, about };
}
