/**
 * `windhover flow test <paths…>`: runs tests of flows (`*.test.yaml`) in memory, in virtual time, with the plugins that are here.
 * Ends with 1 if one has failed.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Flow } from '../../../lib/model/flow.ts';
import type { PluginSet } from '../../../lib/plugin/load.ts';
import { type CaseResult, junitOf, type SuiteResult } from '../flow-test/junit.ts';
import type { Stage } from '../flow-test/run-case.ts';
import { readSuite, type Suite } from '../flow-test/suite.ts';
import { groupOf } from '../group.ts';
import { textOfFile } from '../named-file.ts';
import { type Output, outputOption, sayJson } from '../print.ts';
import { filesIn } from './flow-files.ts';
import { spanText } from './tree.ts';

interface Asked {
  readonly junit?: string;
  readonly output: Output;
}

export function addFlowTestCommand(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  groupOf(program, 'flow', 'work on flows')
    .command('test <paths...>')
    .description('run tests of flows (*.test.yaml, or all below a folder) in memory, without a server')
    .option('--junit <file>', 'write the results as JUnit XML too')
    .addOption(outputOption())
    .action(async (paths: readonly string[], asked: Asked) => finish(await testAll(load(), paths, asked)));
}

async function testAll({ config }: LoadedConfig, paths: readonly string[], { junit, output }: Asked): Promise<number> {
  const { BUILT_IN, loadPlugins } = await import('../../../lib/plugin/load.ts');
  const { runCase } = await import('../flow-test/run-case.ts');
  const plugins = await loadPlugins([...BUILT_IN, ...config.plugins]);
  const files = paths.flatMap(testsIn);
  if (files.length === 0) throw new Fault('request.invalid', `expected *.test.yaml in ${paths.join(', ')}, got none`);
  const results: SuiteResult[] = [];
  for (const file of files) {
    const suite = readSuite(file);
    const stage = await stageOf(file, suite, plugins);
    const cases: CaseResult[] = [];
    for (const test of suite.testCases) {
      const result = await runCase(stage, { ...test, disabled: test.disabled || suite.disabled });
      if (output === 'table') process.stdout.write(linesOf(suite, result));
      cases.push(result);
    }
    results.push({ file, id: suite.id, cases });
  }
  if (junit !== undefined) writeFileSync(junit, junitOf(results));
  if (output === 'json') sayJson(process.stdout, results);
  const all = results.flatMap(({ cases }) => cases);
  const failed = all.filter(({ failures }) => failures.length > 0).length;
  if (output === 'table') process.stdout.write(`${all.length} tests, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

const testsIn = (path: string): readonly string[] =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.test\.ya?ml$/i.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];

/** The log is shown where it helps. */
function linesOf(suite: Suite, { id, ms, skipped, failures, lines }: CaseResult): string {
  const sign = skipped ? '-' : failures.length > 0 ? '✘' : '✔';
  const more = failures.length > 0 ? [...failures, ...lines].map((line) => `    ${line}\n`).join('') : '';
  return `${sign} ${suite.id} / ${id}  ${skipped ? 'disabled' : spanText(ms)}\n${more}`;
}

async function stageOf(file: string, suite: Suite, plugins: PluginSet): Promise<Stage> {
  const { parseFlow } = await import('../../../lib/flow/parse.ts');
  const folder = dirname(file);
  const sources = new Map<string, string>();
  const read = (path: string): Flow => {
    const source = textOfFile(path);
    const { flow, problems } = parseFlow(source, plugins.catalogue, { tenant: 'main' });
    if (!flow) throw new Fault('flow.invalid', `${path} is not valid`, { problems });
    sources.set(flow.hash, source);
    return flow;
  };
  const tested = suite.flow === undefined ? besides(file, suite) : join(folder, suite.flow);
  return { plugins, flows: [tested, ...suite.flows.map((each) => join(folder, each))].map(read), sources };
}

/** The file beside the suite that holds the flow that it names. */
function besides(file: string, { namespace, flowId }: Suite): string {
  const holds = (source: string): boolean =>
    new RegExp(`^id:\\s*["']?${escaped(flowId ?? '')}["']?\\s*$`, 'm').test(source) &&
    (namespace === undefined || new RegExp(`^namespace:\\s*["']?${escaped(namespace)}["']?\\s*$`, 'm').test(source));
  const found = flowId === undefined ? undefined : filesIn(dirname(file)).find((each) => holds(textOfFile(each)));
  if (found === undefined)
    throw new Fault(
      'request.invalid',
      `${file}: expected flow: <file>, or flowId of a flow beside it, got ${flowId ?? 'neither'}`,
    );
  return found;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
