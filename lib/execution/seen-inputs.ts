/** Inputs as expressions see them: a FLOAT is a Double even where it is whole, so 42 prints 42.0 and a quarter of it is 10.5. */
import { double } from '../expression/value/number.ts';
import type { Flow, Input } from '../model/flow.ts';

type Values = Readonly<Record<string, unknown>>;

const floatsOf = new WeakMap<Flow, readonly (readonly string[])[]>();

export function seenInputs(inputs: Values, flow: Flow): Values {
  let paths = floatsOf.get(flow);
  if (!paths) floatsOf.set(flow, (paths = flow.inputs.flatMap((input) => floatsIn(input, ''))));
  return paths.reduce(withDouble, inputs);
}

function floatsIn(input: Input, before: string): readonly (readonly string[])[] {
  const id = before + input.id;
  if (input.type === 'FORM') return (input.inputs as readonly Input[]).flatMap((inner) => floatsIn(inner, `${id}.`));
  return input.type === 'FLOAT' || input.itemType === 'FLOAT' ? [id.split('.')] : [];
}

function withDouble(values: Values, [name = '', ...rest]: readonly string[]): Values {
  if (!Object.hasOwn(values, name)) return values;
  const value = values[name];
  if (rest.length === 0) return { ...values, [name]: Array.isArray(value) ? value.map(doubled) : doubled(value) };
  return typeof value === 'object' && value !== null
    ? { ...values, [name]: withDouble(value as Values, rest) }
    : values;
}

const doubled = (value: unknown): unknown => (typeof value === 'number' ? double(value) : value);
