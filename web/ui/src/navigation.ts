/**
 * Moving between pages: the address is the state. Whoever leaves what is not saved is asked first, by links and by the browser's
 * buttons alike; closing the tab is asked about by the browser itself.
 */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { parseRoute, type Route } from './route.ts';

/** An entry of the browser's history: its address, and its place among those of this app. */
interface Entry {
  readonly path: string;
  readonly place: number;
}

const entryNow = (): Entry => ({
  path: location.pathname + location.search,
  place: (history.state as { readonly place?: number } | null)?.place ?? 0,
});
const pathnameOf = (path: string): string => path.split('?')[0]!;

/** What is shown: behind what the browser says while somebody is asked whether to leave. */
let here: Entry | undefined;
const shown = (): Entry => {
  here ??= entryNow();
  return here;
};
const listeners = new Set<() => void>();
/** Asks before somebody leaves what is not saved; `leave` goes on. */
let asks: ((leave: () => void) => void) | undefined;

function show(entry: Entry): void {
  here = entry;
  for (const listener of listeners) listener();
}

export function go(path: string, replace = false): void {
  if (asks && pathnameOf(path) !== pathnameOf(shown().path)) return asks(() => move(path, replace));
  move(path, replace);
}

function move(path: string, replace: boolean): void {
  const place = shown().place + (replace ? 0 : 1);
  if (replace) history.replaceState({ place }, '', path);
  else {
    history.pushState({ place }, '', path);
    scrollTo(0, 0);
  }
  show({ path, place });
}

/** The browser has gone already: it is brought back, and goes again if the person wants to leave. */
function popped(): void {
  const [from, to] = [shown(), entryNow()];
  if (from.path === to.path && from.place === to.place) return;
  const steps = to.place - from.place;
  if (!asks || steps === 0 || pathnameOf(from.path) === pathnameOf(to.path)) return show(to);
  history.go(-steps);
  asks(() => history.go(steps));
}

/** Asked: whether to leave what is not saved. */
export interface Leaving {
  readonly leave: () => void;
  readonly stay: () => void;
}

/** While `unsaved`, leaving the page asks first: what is returned then is to be shown. */
export function useUnsaved(unsaved: boolean): Leaving | undefined {
  const [leaving, setLeaving] = useState<Leaving>();
  useEffect(() => {
    if (!unsaved) return;
    asks = (goOn) =>
      setLeaving({
        leave: () => {
          asks = undefined;
          setLeaving(undefined);
          goOn();
        },
        stay: () => setLeaving(undefined),
      });
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', closing);
    return () => {
      asks = undefined;
      removeEventListener('beforeunload', closing);
    };
  }, [unsaved]);
  return leaving;
}

/** Nobody is asked any more: what is not saved here is of no use. */
export function leaveFreely(): void {
  asks = undefined;
}

/** Whether something on this page is not saved, as it is asked. */
export const hasUnsaved = (): boolean => asks !== undefined;

export function useRoute(): Route {
  const address = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      addEventListener('popstate', popped);
      return () => void listeners.delete(listener);
    },
    () => shown().path,
  );
  const [path, query = ''] = address.split('?');
  return parseRoute(path!, query);
}

/** What the browser's tab and history say. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Windhover`;
  }, [title]);
}
