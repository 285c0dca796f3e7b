/** The nodes of one template → one closure. Macros and blocks are compiled when they are first met, wherever they stand; one may call itself. */
import { TEXT_CHARS_MAX, tooLong } from './budget.ts';
import { Calls, type Renderer } from './compile-call.ts';
import { compileExpression, compileLenient } from './compile-expression.ts';
import type { Write } from './frame.ts';
import type { Node, Unit } from './node.ts';
import type { Parsed } from './template-parser.ts';

export function compiledUnit(source: string, { nodes, macros, blocks }: Parsed, render: Renderer): Write {
  const calls = new Calls(render);
  /** What is found while it is being compiled is known by then. */
  function compiledOnce<T, R>(
    known: ReadonlyMap<string, T>,
    make: (value: T, write: Write) => { readonly entry: R; readonly body: readonly Node[] },
  ): (name: string) => R | undefined {
    const made = new Map<string, R>();
    return (name) => {
      const value = known.get(name);
      if (value === undefined || made.has(name)) return made.get(name);
      let write: Write | undefined;
      const { entry, body } = make(value, (frame) => write!(frame));
      made.set(name, entry);
      write = unit.body(body);
      return entry;
    };
  }
  const unit: Unit = {
    source,
    strict: (expression) => compileExpression(expression, unit, calls),
    lenient: (expression) => compileLenient(expression, unit),
    body: (body) => bodyOf(body, unit),
    filter: (named, input) => calls.filter(named, input, unit),
    macro: compiledOnce(macros, ({ parameters, body }, write) => ({
      entry: {
        write,
        parameters: parameters.map(({ name, fallback }) => ({ name, fallback: fallback && unit.strict(fallback) })),
      },
      body,
    })),
    block: compiledOnce(blocks, (body, write) => ({ entry: write, body })),
  };
  return unit.body(nodes);
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
