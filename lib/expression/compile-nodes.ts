/** Nodes of a template → closures that give their text. */

import { isMap } from './access.ts';
import type { Node } from './ast.ts';
import { spend, TEXT_CHARS_MAX, tooLong } from './budget.ts';
import type { Calls } from './compile-call.ts';
import { ExpressionError, ValueError } from './error.ts';
import { assign, type Frame, guarded, type Macro, type Unit, type Write } from './frame.ts';
import { kindOf } from './number.ts';
import { truth } from './operators.ts';
import { print } from './print.ts';

export function compileNodes(nodes: readonly Node[], unit: Unit, calls: Calls): Write {
  declareMacros(nodes, unit);
  const writes = nodes.map((node) => compileNode(node, unit, calls));
  if (writes.length === 1) return writes[0]!;
  return (frame) => {
    let text = '';
    for (let index = 0; index < writes.length; index++) text += writes[index]!(frame);
    if (text.length > TEXT_CHARS_MAX) throw tooLong();
    return text;
  };
}

/** Macros may be called before the place where they stand. */
function declareMacros(nodes: readonly Node[], unit: Unit): void {
  for (const node of nodes) {
    if (node.kind !== 'macro') continue;
    if (unit.macros.has(node.name))
      throw new ExpressionError('syntax', `expected one macro \`${node.name}\`, got two`, {
        source: unit.source,
        at: node.at,
      });
    const parameters = node.parameters.map(({ name, fallback }) => ({
      name,
      fallback: fallback && unit.strict(fallback),
    }));
    unit.macros.set(node.name, { parameters, write: () => '' });
  }
}

function compileNode(node: Node, unit: Unit, calls: Calls): Write {
  switch (node.kind) {
    case 'text': {
      const { text } = node;
      return () => text;
    }
    case 'print':
      return compilePrint(node, unit);
    case 'if':
      return compileIf(node, unit, calls);
    case 'for':
      return compileFor(node, unit, calls);
    case 'set': {
      const value = unit.strict(node.value);
      const { name } = node;
      return (frame) => {
        assign(frame, name, value(frame) ?? null);
        return '';
      };
    }
    case 'macro': {
      const macro: Macro = unit.macros.get(node.name)!;
      macro.write = compileNodes(node.body, unit, calls);
      return () => '';
    }
    case 'block': {
      const write = compileNodes(node.body, unit, calls);
      unit.blocks.set(node.name, write);
      return write;
    }
    case 'filtered': {
      const body = compileNodes(node.body, unit, calls);
      const filtered = node.filters.reduce(
        (input, filter) => calls.filter(filter, input, unit),
        body as (frame: Frame) => unknown,
      );
      return (frame) => print(filtered(frame));
    }
  }
}

function compilePrint({ value, at }: Node & { kind: 'print' }, unit: Unit): Write {
  const evaluate = unit.strict(value);
  return guarded((frame) => print(evaluate(frame)), { source: unit.source, at });
}

function compileIf({ branches, otherwise }: Node & { kind: 'if' }, unit: Unit, calls: Calls): Write {
  const compiled = branches.map(({ condition, body }) => {
    const value = unit.strict(condition);
    const site = { source: unit.source, at: condition.at };
    return { holds: guarded((frame) => truth(value(frame)), site), write: compileNodes(body, unit, calls) };
  });
  const rest = compileNodes(otherwise, unit, calls);
  return (frame) => {
    for (const { holds, write } of compiled) if (holds(frame)) return write(frame);
    return rest(frame);
  };
}

function compileFor({ name, values, body, otherwise, at }: Node & { kind: 'for' }, unit: Unit, calls: Calls): Write {
  const iterated = unit.strict(values);
  const write = compileNodes(body, unit, calls);
  const rest = compileNodes(otherwise, unit, calls);
  return guarded(
    (frame) => {
      const items = itemsOf(iterated(frame));
      const { length } = items;
      if (length === 0) return rest(frame);
      const scope = frame.scope;
      let text = '';
      try {
        for (let index = 0; index < length; index++) {
          spend(frame.budget, 1);
          const loop = { index, length, first: index === 0, last: index === length - 1, revindex: length - index - 1 };
          frame.scope = {
            values: new Map<string, unknown>([
              [name, items[index] ?? null],
              ['loop', loop],
            ]),
            up: scope,
          };
          text += write(frame);
          if (text.length > TEXT_CHARS_MAX) throw tooLong();
        }
      } finally {
        frame.scope = scope;
      }
      return text;
    },
    { source: unit.source, at },
  );
}

/** A map is gone through by its entries, each with a key and a value. */
function itemsOf(values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values;
  if (values === null || values === undefined) return [];
  if (isMap(values)) return Object.entries(values).map(([key, value]) => ({ key, value }));
  throw new ValueError(`expected a list or a map to loop over, got ${kindOf(values)}`);
}
