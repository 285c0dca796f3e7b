/**
 * Writes docs/compatibility.md from what a conformance run has found, never by hand:
 *
 *   node run.mjs --base http://127.0.0.1:8080 --flows flows --user admin:… --have encryption,globals --json results.json
 *   node docs/make-compatibility.mjs results.json > docs/compatibility.md
 *
 * `results.json`: { passed, failed, results: [{ id, family, ok }], skipped: [{ id, requires }] }.
 */
import { readFileSync } from 'node:fs';

/** What the families of cases are about. One that is not named here is shown by its own name. */
const TITLES = {
  'allow-failure': 'AllowFailure, `allowFailure`, `allowWarning`',
  'api-executions': 'REST: executions',
  'api-flows': 'REST: flows',
  concurrency: '`concurrency` of flows: queue, cancel, fail',
  disabled: '`disabled` tasks and flows',
  each: 'EachSequential, EachParallel',
  errors: '`errors`, `finally`, `afterExecution`',
  expressions: 'Context variables of expressions',
  'flow-trigger': 'Flow triggers',
  foreach: 'ForEach',
  foreachitem: 'ForEachItem',
  graph: 'Graphs of flows and executions',
  if: 'If',
  inputs: 'Inputs',
  kill: 'Kill',
  'kv-api': 'Key-value store: REST',
  labels: 'Labels',
  listeners: '`listeners`',
  logs: 'Logs',
  'namespace-files': 'Files of namespaces',
  outputs: 'Outputs of flows',
  parallel: 'Parallel, Dag',
  pause: 'Pause, resume',
  pebble: 'Pebble: tags, operators, filters, functions',
  'plugin-defaults': '`pluginDefaults`',
  replay: 'Replay',
  restart: 'Restart',
  retry: 'Retries of tasks, flowables, flows',
  sequential: 'Sequential',
  sla: '`sla`',
  'state-kv': 'State and key-value tasks',
  subflow: 'Subflow',
  switch: 'Switch',
  validation: 'What is refused, and what is said',
  waitfor: 'LoopUntil, WaitFor',
  webhook: 'Webhooks',
  'working-directory': 'WorkingDirectory',
};

const { passed, failed, results, skipped } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const families = new Map();
for (const { id, family, ok } of results) {
  let of = families.get(family);
  if (!of) families.set(family, (of = { good: 0, missing: [] }));
  if (ok) of.good++;
  else of.missing.push(id);
}
const title = (family) => TITLES[family] ?? family;
const rows = [...families].sort(([a], [b]) => title(a).localeCompare(title(b)));
const saying = ({ good, missing }) => (missing.length === 0 ? 'yes' : good === 0 ? 'not yet' : 'partly');

console.log(`# Compatibility with Kestra

Made by \`docs/make-compatibility.mjs\` from a run of ${passed + failed} conformance cases, each of which was seen to pass on a real Kestra: ${passed} come out
the same here, ${failed} do not yet. ${skipped.length} need plugins or secrets that the run did not offer.

| | | cases | what differs |
|---|---|---|---|`);
for (const [family, of] of rows) {
  const missing = of.missing.length > 0 && of.good > 0 ? of.missing.map((id) => `\`${id}\``).join(', ') : '';
  console.log(`| ${title(family)} | ${saying(of)} | ${of.good} of ${of.good + of.missing.length} | ${missing} |`);
}
