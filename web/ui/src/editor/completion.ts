/** What may be written at a place: keys and values by the schema of a flow, names and functions inside of expressions. */
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { expressionFilters, expressionFunctions, type FunctionView, flowSchema, type Schema } from '../api/plugins.ts';
import { type SchemaPlace, schemaAt, typesOf } from './schema-place.ts';
import { idsIn, placeAt } from './yaml-place.ts';

interface Known {
  readonly schema: Schema;
  readonly functions: readonly FunctionView[];
  readonly filters: readonly string[];
}

let known: Promise<Known> | undefined;
/** Asked once; again after the server did not answer. */
export function whatIsKnown(): Promise<Known> {
  known ??= Promise.all([flowSchema(), expressionFunctions(), expressionFilters()]).then(
    ([schema, functions, filters]) => ({ schema, functions, filters }),
  );
  known.catch(() => {
    known = undefined;
  });
  return known;
}

/** All types that a flow may name, older names too. */
export async function knownTypes(): Promise<ReadonlySet<string>> {
  const { schema } = await whatIsKnown();
  return new Set(Object.values(schema.definitions ?? {}).flatMap((each) => (each.properties ? typesOf(each) : [])));
}

export const complete: CompletionSource = async (context) => {
  const word = context.matchBefore(/[\w.$-]*/);
  const before = context.state.sliceDoc(context.state.doc.lineAt(context.pos).from, context.pos);
  const inExpression = before.lastIndexOf('{{') > before.lastIndexOf('}}');
  if (!context.explicit && word?.from === word?.to && !/(:\s|\{\{\s|\|\s|\.)$/.test(before)) return null;
  try {
    const all = await whatIsKnown();
    return inExpression ? ofExpression(context, before, all) : ofYaml(context, before, all);
  } catch {
    return null; // Without an answer of the server there is nothing to offer; the editor works on.
  }
};

function ofYaml(context: CompletionContext, before: string, { schema }: Known): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (place.inText) return null;
  const at = schemaAt(schema, place);
  const from = context.matchBefore(/[\w.-]*/)?.from ?? context.pos;
  if (place.key !== undefined) {
    const options = valuesOf(place.key, at);
    return options.length > 0 ? { from, options, validFor: /^[\w.-]*$/ } : null;
  }
  if (/[^\s-]\s/.test(before)) return null;
  const written = place.frames.at(-1)?.keys ?? new Map();
  const indent = ' '.repeat(place.column);
  const options = Object.entries(at.map?.properties ?? {})
    .filter(([name, { deprecated }]) => !written.has(name) && !deprecated)
    .map(([name, property]) => keyOption(name, property, at.map?.required?.includes(name) ?? false, indent));
  return options.length > 0 ? { from, options, validFor: /^[\w-]*$/ } : null;
}

function keyOption(name: string, property: Schema, required: boolean, indent: string): Completion {
  const holds = property.$ref ? 'object' : property.type;
  const after = holds === 'array' ? `:\n${indent}  - ` : holds === 'object' ? `:\n${indent}  ` : ': ';
  return {
    label: name,
    type: 'property',
    detail: required ? 'required' : undefined,
    info: property.description || undefined,
    apply: name + after,
    boost: required ? 10 : name === 'id' || name === 'type' ? 5 : 0,
  };
}

function valuesOf(key: string, { branches, value }: SchemaPlace): readonly Completion[] {
  if (key === 'type' && branches.length > 0)
    return branches.map((branch) => ({
      label: typesOf(branch)[0] ?? '',
      type: 'class',
      info: branch.title ?? branch.description,
    }));
  const all = value ? [value, ...(value.anyOf ?? [])] : [];
  const listed = all.flatMap((each) => each.enum ?? []).map((each) => ({ label: String(each), type: 'enum' }));
  if (listed.length > 0) return listed;
  return all.some(({ type }) => type === 'boolean' || type?.includes('boolean'))
    ? ['true', 'false'].map((label) => ({ label, type: 'keyword' }))
    : [];
}

/** What every expression knows, with what stands below it. */
const ROOTS: Readonly<Record<string, readonly string[]>> = {
  inputs: [],
  outputs: [],
  vars: [],
  labels: [],
  flow: ['id', 'namespace', 'revision', 'tenantId'],
  execution: ['id', 'startDate', 'originalId', 'state'],
  task: ['id', 'type'],
  taskrun: ['id', 'value', 'iteration', 'startDate', 'attemptsCount', 'parentId'],
  parent: ['taskrun', 'outputs'],
  trigger: ['date', 'next', 'previous'],
};

function ofExpression(context: CompletionContext, before: string, known: Known): CompletionResult | null {
  const inside = before.slice(before.lastIndexOf('{{') + 2);
  const from = context.matchBefore(/\w*/)?.from ?? context.pos;
  const validFor = /^\w*$/;
  if (/\|\s*\w*$/.test(inside))
    return { from, validFor, options: known.filters.map((label) => ({ label, type: 'function' })) };
  const path = /([\w.]+)\.\w*$/.exec(inside)?.[1];
  const ids = idsIn(context.state.doc.toString());
  if (path !== undefined) {
    const below = path === 'inputs' ? ids.inputs : path === 'outputs' ? ids.tasks : (ROOTS[path] ?? []);
    return below.length > 0 ? { from, validFor, options: below.map((label) => ({ label, type: 'variable' })) } : null;
  }
  const roots = Object.keys(ROOTS).map((label) => ({ label, type: 'variable', boost: 10 }));
  const functions = known.functions.map(({ name, arguments: given }) => ({
    label: name,
    type: 'function',
    detail: `(${given.map((each) => each.name).join(', ')})`,
    apply: `${name}(`,
  }));
  return { from, validFor, options: [...roots, ...functions] };
}
