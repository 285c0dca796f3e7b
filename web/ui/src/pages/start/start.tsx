/**
 * Where everybody begins: how executions went lately, what runs and waits now and why, what failed, flow by flow and by namespace.
 * The span and the namespace stand in the address. Fresh by itself.
 */
import { countedOf, countFlows, executionsOverTime } from '../../api/statistics.ts';
import { go, useTitle } from '../../navigation.ts';
import { Link } from '../../parts/link.tsx';
import { NamespaceSelect } from '../../parts/namespace-select.tsx';
import { NoFlowYet } from '../../parts/no-flow-yet.tsx';
import { SinceSelect, sinceText } from '../../parts/since-select.tsx';
import { paths, type StartView } from '../../route.ts';
import { useAsk } from '../../use-ask.ts';
import { columnsOf } from './counts.ts';
import { FailedLately } from './failed-lately.tsx';
import { FlowsLately } from './flows-lately.tsx';
import { Namespaces } from './namespaces.tsx';
import { Now } from './now.tsx';
import { OverTime } from './over-time.tsx';
import './start.css';

const FRESH_MS = 10_000;

export function StartPage({ view }: { readonly view: StartView }) {
  useTitle('Start');
  const { since, namespace } = view;
  const of = countedOf(since, namespace);
  const key = `${since} ${namespace}`;
  const flows = useAsk(`flows of ${namespace}`, () => countFlows(namespace || undefined), { everyMs: FRESH_MS });
  const { value, error } = useAsk(`daily ${key}`, () => executionsOverTime(of), { everyMs: FRESH_MS, keep: true });
  const narrow = (change: Partial<StartView>) => go(paths.startOf({ ...view, ...change }), true);
  const columns = columnsOf(value ?? []);
  const some = columns.some(({ total }) => total > 0);
  return (
    <section className="start">
      <div className="title">
        <h1>Start</h1>
        <span className="space" />
        <SinceSelect since={since} anytime={false} onChange={(chosen) => narrow({ since: chosen })} />
        <NamespaceSelect namespace={namespace} onChange={(chosen) => narrow({ namespace: chosen })} />
        <Link to={paths.newFlow} className="button main">
          New flow
        </Link>
      </div>
      {error && <p className="error">{error}</p>}
      {!value && !error && <p className="loading">Loading…</p>}
      {value && flows.value?.flows === 0 && !some && (
        <div className="empty">
          <NoFlowYet />
        </div>
      )}
      {value && (some || (flows.value?.flows ?? 0) > 0) && (
        <>
          {some ? <OverTime columns={columns} {...view} /> : <NothingRan {...view} flows={flows.value?.flows ?? 0} />}
          <div className="columns">
            <div>
              <h2>Now</h2>
              <Now namespace={namespace} />
            </div>
            <div>
              <h2>Failed in {sinceText(since)}</h2>
              <FailedLately {...view} />
            </div>
          </div>
          {some && <FlowsLately {...view} />}
          {some && <Namespaces {...view} />}
        </>
      )}
    </section>
  );
}

function NothingRan({ since, namespace, flows }: StartView & { readonly flows: number }) {
  return (
    <p className="empty">
      Nothing ran in {sinceText(since)}.{' '}
      <Link to={paths.flowsOf({ namespace })}>{flows === 1 ? 'There is one flow' : `There are ${flows} flows`}</Link>:
      open one and press Run, or give it a trigger that starts it.
    </p>
  );
}
