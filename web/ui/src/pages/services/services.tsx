/** Which servers live, since when, what they own, and how much waits for each of them. Fresh by itself. */
import { useMemo, useRef } from 'react';
import { listServices, type Role, type ServicesView, type ServiceView } from '../../api/operator.ts';
import { useTitle } from '../../navigation.ts';
import { Code } from '../../parts/code.tsx';
import { Link } from '../../parts/link.tsx';
import { paths } from '../../route.ts';
import { dateText, spanText, useNow } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';
import { PartitionTable } from './partition-table.tsx';
import { type Standing, standingOf, standstillsOf, sumOf, troublesOf } from './troubles.ts';

const FRESH_MS = 2_000;

const ABOUT: Readonly<Record<Role, string>> = {
  executor: 'decides what runs next',
  worker: 'runs tasks',
  scheduler: 'starts what is due',
  indexer: 'keeps the past',
  webserver: 'this page, REST',
};

export function Services() {
  useTitle('Services');
  const { value, error } = useAsk('services', listServices, { everyMs: FRESH_MS, keep: true });
  if (!value) return error ? <p className="error">{error}</p> : <p className="loading">Loading…</p>;
  return (
    <>
      {error && <p className="error">{error}</p>}
      <Verdict services={value} />
      <ServiceTable services={value} />
      <h2>Partitions</h2>
      <p className="hint">
        Executions and flows are spread over partitions. The executor that holds the lease of one is the only one that
        writes in it; when it is lost, another takes the lease within some seconds.
      </p>
      <PartitionTable services={value} />
    </>
  );
}

/** In a sentence each what is wrong; else that nothing is. */
function Verdict({ services }: { readonly services: ServicesView }) {
  const standing = useRef<Standing>(new Map());
  const troubles = useMemo(() => {
    const nowMs = Date.now();
    standing.current = standingOf(standing.current, services, nowMs);
    return [...troublesOf(services), ...standstillsOf(standing.current, nowMs)];
  }, [services]);
  const letters = sumOf(services.partitions, 'deadLetters');
  return (
    <div aria-live="polite">
      {troubles.map(({ text, command }) => (
        <div key={text} className="waiting">
          {text}
          {command && <Code label="command that helps" text={command} />}
        </div>
      ))}
      {letters > 0 && (
        <p className="waiting">
          {letters === 1 ? 'A message was' : `${letters.toLocaleString()} messages were`} given up.{' '}
          <Link to={paths.deadLetters()}>Look at {letters === 1 ? 'it' : 'them'}</Link>
        </p>
      )}
      {troubles.length === 0 && letters === 0 && <p className="fine">All is well: each part lives and keeps up.</p>}
    </div>
  );
}

function ServiceTable({ services }: { readonly services: ServicesView }) {
  const now = useNow(true, 1_000);
  return (
    <table className="services">
      <thead>
        <tr>
          <th className="role">Server</th>
          <th>What it has</th>
          <th className="lag">What waits</th>
          <th className="since">Lives for</th>
          <th className="where">Where</th>
          <th className="version">Version</th>
        </tr>
      </thead>
      <tbody>
        {services.results.map((service) => (
          <tr key={service.id} title={`${service.role} ${service.id}`}>
            <td>
              <strong>{service.role}</strong> <span className="quiet about">{ABOUT[service.role]}</span>
            </td>
            <td className="cut">{hasOf(service, services)}</td>
            <td>{waitsOf(service, services)}</td>
            <td title={dateText(service.startedAt)}>
              {spanText(Math.max(1_000, now - Date.parse(service.startedAt)), true)}
            </td>
            <td className="cut where" title={`${service.host}, process ${service.pid}`}>
              {service.host} · {service.pid}
            </td>
            <td className="version">{service.version}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function hasOf({ role, partitions, group, threads = 0, threadsFree = 0, url }: ServiceView, all: ServicesView): string {
  switch (role) {
    case 'executor':
      return `${partitions.length} of ${all.partitions.length} partitions`;
    case 'worker':
      return `group ${group}: ${threads - threadsFree} of ${threads} threads busy`;
    case 'webserver':
      return url ?? '';
    case 'scheduler':
    case 'indexer':
      return '';
  }
}

function waitsOf({ role, id, group }: ServiceView, { partitions, groups }: ServicesView): string {
  switch (role) {
    case 'executor': {
      const own = partitions.filter(({ owner }) => owner === id);
      return countText(sumOf(own, 'messagesWaiting'), 'message');
    }
    case 'worker':
      return countText(groups.find((each) => each.group === group)?.parcelsWaiting ?? 0, 'parcel');
    case 'indexer':
      return countText(sumOf(partitions, 'commitsBehind'), 'commit');
    case 'scheduler':
    case 'webserver':
      return '';
  }
}

const countText = (count: number, noun: string): string =>
  count === 0 ? 'nothing' : `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;
