/** Log lines of all executions, the newest first, fresh by itself. What narrows them stands in the address. */
import { type LineView, searchLogs } from '../../api/logs.ts';
import { go, useTitle } from '../../navigation.ts';
import { Link } from '../../parts/link.tsx';
import { Pager } from '../../parts/pager.tsx';
import { Reached } from '../../parts/reached.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { SinceSelect } from '../../parts/since-select.tsx';
import { type LogsView, paths } from '../../route.ts';
import { dateText, shortDateText } from '../../time.ts';
import { useAsk } from '../../use-ask.ts';

const SIZE = 100;
const FRESH_MS = 5_000;
const TOTAL_MAX = 10_000;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export default function LogsPage({ view }: { readonly view: LogsView }) {
  useTitle('Logs');
  const query = new URLSearchParams({
    size: String(SIZE),
    page: String(view.number),
    sort: 'timestamp:desc',
    minLevel: view.level,
    ...(view.text && { q: view.text }),
    ...(view.since && { timeRange: view.since }),
  });
  const { value, error } = useAsk(query.toString(), () => searchLogs(query), { everyMs: FRESH_MS, keep: true });
  const narrow = (change: Partial<LogsView>) => go(paths.logsOf({ ...view, number: 1, ...change }), true);
  return (
    <section>
      <div className="title">
        <h1>Logs</h1>
        <span className="space" />
        <SearchField
          text={view.text}
          label="Search logs"
          placeholder="Search what they say"
          onSearch={(text) => narrow({ text })}
        />
        <select aria-label="Level" value={view.level} onChange={(event) => narrow({ level: event.target.value })}>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              From {level}
            </option>
          ))}
        </select>
        <SinceSelect since={view.since} onChange={(since) => narrow({ since })} />
      </div>
      {error && <p className="error">{error}</p>}
      {!value && !error && <p className="loading">Loading…</p>}
      <Reached reached={value?.reached} narrow="A higher level or a longer text finds what is older." />
      {value?.total === 0 && (
        <p className="empty">No line fits. What tasks print stands here; take a lower level, or another text.</p>
      )}
      {value && value.total > 0 && (
        <>
          <ul className="lines">
            {value.results.map((line) => (
              <Line key={line.id} line={line} />
            ))}
          </ul>
          <Pager
            total={value.total}
            totalMax={TOTAL_MAX}
            size={SIZE}
            number={view.number}
            noun={['line', 'lines']}
            words={['Newer', 'Older']}
            onTurn={(number) => go(paths.logsOf({ ...view, number }))}
          />
        </>
      )}
    </section>
  );
}

function Line({ line }: { readonly line: LineView }) {
  const { timestamp, level, namespace, flowId, taskId, taskRunId, executionId, message } = line;
  return (
    <li className={`level-${level.toLowerCase()}`}>
      <span className="line-head">
        <time dateTime={timestamp} title={dateText(timestamp)} className="quiet">
          {shortDateText(timestamp, Date.now())}
        </time>
        <span className="log-level">{level}</span>
        <Link to={paths.execution(executionId, taskRunId)} title={`${namespace}.${flowId}`}>
          {flowId}
          {taskId && ` · ${taskId}`}
        </Link>
      </span>
      <span className="log-text">{message}</span>
    </li>
  );
}
