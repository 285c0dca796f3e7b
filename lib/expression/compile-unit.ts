/** The nodes of one template → one closure. Macros and blocks are compiled when they are first met, wherever they stand; one may call itself. */
import { TEXT_CHARS_MAX, tooLong } from './budget.ts';
import { Calls, type Renderer } from './compile-call.ts';
import { compileExpression, compileLenient } from './compile-expression.ts';
import type { Write } from './frame.ts';
import type { Node, Unit } from './node.ts';
import type { Parsed } from './template-parser.ts';

export function compiledUnit(source: string, { nodes, macros, blocks }: Parsed, render: Renderer): Write {
  const calls = new Calls(render);
  const body = (nodes: readonly Node[]): Write => bodyOf(nodes, unit);
  const unit: Unit = {
    source,
    strict: (expression) => compileExpression(expression, unit, calls),
    lenient: (expression) => compileLenient(expression, unit),
    body,
    filter: (named, input) => calls.filter(named, input, unit),
    macro: compiledOnce(macros, body, ({ parameters, body }, write) => ({
      entry: {
        write,
        parameters: parameters.map(({ name, fallback }) => ({ name, fallback: fallback && unit.strict(fallback) })),
      },
      body,
    })),
    block: compiledOnce(blocks, body, (nodes, write) => ({ entry: write, body: nodes })),
  };
  return body(nodes);
}

/** The entry is known before its body is compiled, so that a body may name itself. */
function compiledOnce<T, R>(
  declared: ReadonlyMap<string, T>,
  compileBody: (nodes: readonly Node[]) => Write,
  make: (value: T, write: Write) => { readonly entry: R; readonly body: readonly Node[] },
): (name: string) => R | undefined {
  const made = new Map<string, R>();
  return (name) => {
    const value = declared.get(name);
    if (value === undefined || made.has(name)) return made.get(name);
    let write: Write | undefined;
    const { entry, body } = make(value, (frame) => write!(frame));
    made.set(name, entry);
    write = compileBody(body);
    return entry;
  };
}

function bodyOf(nodes: readonly Node[], unit: Unit): Write {
  const writes = nodes.map((node) => node.compile(unit));
  if (writes.length === 1) return writes[0]!;
  return (frame) => {
    let text = '';
    for (let index = 0; index < writes.length; index++) text += writes[index]!(frame);
    if (text.length > TEXT_CHARS_MAX) throw tooLong();
    return text;
  };
}
