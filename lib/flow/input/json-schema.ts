/**
 * JSON Schema (2020-12): whether a value is of a shape, and if not, where. References stay inside the schema; `format` and what
 * only describes say nothing. Keywords that are not known are refused when the flow is read, because a schema that is half
 * obeyed is none. A schema that costs too much ends as a fault.
 */
import { type Budget, STEPS_MAX as EXPRESSION_STEPS_MAX } from '../../expression/budget.ts';
import { ValueError } from '../../expression/error.ts';
import { find } from '../../expression/regex/match.ts';
import { parseRegex } from '../../expression/regex/parse.ts';
import { KEYWORDS, SILENT, type Trial } from './json-schema-keywords.ts';
import { TRIAL_STEPS_MAX } from './matching.ts';

export type Schema = boolean | Readonly<Record<string, unknown>>;

export interface SchemaFault {
  /** Inside the value, such as `items[0].price`; empty for the whole. */
  readonly path: string;
  /** *expected …, got …* */
  readonly message: string;
}

const FAULTS_MAX = 20;
const STEPS_MAX = 100_000;
const DEPTH_MAX = 200;

interface Cost {
  steps: number;
  /** Of all regular expressions together. */
  readonly trials: Budget;
}

export function schemaFaults(schema: Schema, value: unknown): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  try {
    const cost = { steps: 0, trials: { steps: EXPRESSION_STEPS_MAX - TRIAL_STEPS_MAX, depth: 0 } };
    judge({ root: schema, cost, report: (fault) => void faults.push(fault) }, schema, value, '', 0);
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    return [{ path: '', message: error.message }];
  }
  return faults.slice(0, FAULTS_MAX);
}

/** What of the schema cannot be obeyed here: a sentence, or undefined. */
export function unsupportedIn(schema: Schema): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  for (const [name, operand] of Object.entries(schema)) {
    const pattern = patternsIn(name, operand).find((each) => !isRegex(each));
    if (pattern !== undefined) return `expected regular expressions, got ${JSON.stringify(pattern)}`;
    if (name === '$ref' && (typeof operand !== 'string' || !operand.startsWith('#')))
      return `expected a $ref inside the schema such as #/$defs/name, got ${JSON.stringify(operand)}`;
    if (name !== '$ref' && !SILENT.has(name) && !Object.hasOwn(KEYWORDS, name))
      return `expected a keyword of JSON Schema 2020-12 that is known here, got ${name}`;
    const wrong = schemasIn(name, operand)
      .map(unsupportedIn)
      .find((each) => each !== undefined);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const patternsIn = (name: string, operand: unknown): readonly unknown[] =>
  name === 'pattern' ? [operand] : name === 'patternProperties' ? Object.keys(Object(operand)) : [];

function isRegex(pattern: unknown): boolean {
  try {
    parseRegex(String(pattern));
    return true;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/** The schemas that stand under a keyword. */
function schemasIn(name: string, operand: unknown): readonly Schema[] {
  const keyword = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name]!.holds : undefined;
  const places = name === '$defs' || name === 'definitions' ? 'map' : keyword;
  if (places === undefined) return [];
  return (places === 'one' ? [operand] : Object.values(Object(operand) as object)).filter(isSchema);
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));

interface Run {
  readonly root: Schema;
  readonly cost: Cost;
  readonly report: (fault: SchemaFault) => void;
}

/** True where nothing was reported. */
function judge(run: Run, schema: Schema, value: unknown, path: string, depth: number): boolean {
  if (++run.cost.steps > STEPS_MAX || depth > DEPTH_MAX) throw new TooCostly();
  let fits = true;
  const report = (message: string): void => {
    fits = false;
    run.report({ path, message });
  };
  if (schema === false) report('expected nothing here, got a value');
  if (typeof schema === 'boolean') return fits;
  const trial: Trial = {
    path,
    schema,
    report,
    inside: (inner, item, at) => {
      if (isSchema(inner) && !judge(run, inner, item, at, depth + 1)) fits = false;
    },
    holds: (inner, item = value) =>
      !isSchema(inner) || judge({ ...run, report: () => {} }, inner, item, path, depth + 1),
    matches: (pattern, text) => matches(run.cost, pattern, text),
  };
  const { $ref } = schema;
  if (typeof $ref === 'string') {
    const target = resolved(run.root, $ref);
    if (target === undefined) report(`expected what ${$ref} says, got no such part of the schema`);
    else trial.inside(target, value, path);
  }
  for (const [name, operand] of Object.entries(schema))
    if (Object.hasOwn(KEYWORDS, name)) KEYWORDS[name]!.check?.(value, operand, trial);
  return fits;
}

function matches({ trials }: Cost, pattern: string, text: string): boolean {
  try {
    return find(parseRegex(pattern), text, 0, trials) !== undefined;
  } catch (error) {
    // The budget is spent, or the stack.
    if (error instanceof ValueError || error instanceof RangeError) throw new TooCostly();
    throw error;
  }
}

class TooCostly extends Error {
  constructor() {
    super('expected a schema that can be tried in a moment, got one that takes too long');
  }
}

/** A pointer such as `#/$defs/name` into the schema. */
function resolved(root: Schema, pointer: string): Schema | undefined {
  let at: unknown = root;
  for (const part of pointer.slice(1).split('/').slice(1)) {
    const name = decoded(part);
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return isSchema(at) ? at : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part; // A stray percent sign is meant as it is.
  }
}
