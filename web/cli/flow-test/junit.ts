/** Results as JUnit's XML, which every CI reads. */
export interface CaseResult {
  readonly id: string;
  readonly ms: number;
  readonly skipped: boolean;
  /** Empty: it has passed. */
  readonly failures: readonly string[];
  /** The log. */
  readonly lines: readonly string[];
}

export interface SuiteResult {
  readonly file: string;
  readonly id: string;
  readonly cases: readonly CaseResult[];
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** XML 1.0 has no way to write the other control characters. */
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]!).replace(/(?![\t\n\r])\p{Cc}/gu, '?');

export function junitOf(suites: readonly SuiteResult[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map(suiteXml).join('')}</testsuites>\n`;
}

function suiteXml({ file, id, cases }: SuiteResult): string {
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  const skipped = cases.filter((each) => each.skipped).length;
  const about = `name="${escaped(id)}" file="${escaped(file)}" tests="${cases.length}" failures="${failed}" skipped="${skipped}"`;
  return `  <testsuite ${about}>\n${cases.map((each) => caseXml(id, each)).join('')}  </testsuite>\n`;
}

function caseXml(suite: string, { id, ms, skipped, failures, lines }: CaseResult): string {
  const inside = [
    ...(skipped ? ['      <skipped/>\n'] : []),
    ...failures.map((each) => `      <failure message="${escaped(each)}"/>\n`),
    ...(lines.length > 0 ? [`      <system-out>${escaped(lines.join('\n'))}</system-out>\n`] : []),
  ];
  return `    <testcase classname="${escaped(suite)}" name="${escaped(id)}" time="${(ms / 1_000).toFixed(3)}">\n${inside.join('')}    </testcase>\n`;
}
