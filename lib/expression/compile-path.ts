/** Names, members and subscripts → one closure that walks the context. This is what nearly every expression is. */
import type { Expression } from './ast.ts';
import { ExpressionError, placed } from './error.ts';
import { type Evaluate, type Frame, guarded, lookUp } from './frame.ts';
import type { Unit } from './node.ts';
import { itemOf, memberOf, missingMember, missingRoot } from './value/access.ts';
import { isMap } from './value/map.ts';
import { methodOf } from './value/methods.ts';
import { javaText } from './value/text.ts';

export type Path = Expression & { kind: 'name' | 'member' | 'index' };

/** `forgiving`: what is missing is `undefined` instead of an error. */
export function compilePath(path: Path, unit: Unit, forgiving: boolean): Evaluate {
  switch (path.kind) {
    case 'name':
      return nameOf(path, unit, forgiving);
    case 'member':
      return memberPath(path, unit, forgiving);
    case 'index':
      return indexPath(path, unit, forgiving);
  }
}

function nameOf({ name, at }: Path & { kind: 'name' }, { source }: Unit, forgiving: boolean): Evaluate {
  return (frame) => {
    const value = lookUp(frame, name);
    if (value === undefined && !forgiving) throw placed(missingRoot(name, namesIn(frame)), { source, at });
    return value;
  };
}

function memberPath(path: Path & { kind: 'member' }, unit: Unit, forgiving: boolean): Evaluate {
  const { name, at } = path;
  const object = forgiving ? unit.lenient(path.object) : unit.strict(path.object);
  return (frame) => {
    const whole = object(frame);
    const value = memberOf(whole, name);
    if (value !== undefined) return value;
    const method = isMap(whole) ? undefined : methodOf(whole, name);
    if (method?.parameters.length === 0) return method.call(whole, [], frame.budget);
    if (forgiving) return undefined;
    throw placed(missingMember(written(path.object), name, whole), { source: unit.source, at });
  };
}

function indexPath(path: Path & { kind: 'index' }, unit: Unit, forgiving: boolean): Evaluate {
  const { at } = path;
  const { source } = unit;
  const object = forgiving ? unit.lenient(path.object) : unit.strict(path.object);
  const key = forgiving ? unit.lenient(path.key) : unit.strict(path.key);
  return guarded(
    (frame) => {
      const whole = object(frame);
      const found = key(frame);
      const value = itemOf(whole, found);
      if (value !== undefined || forgiving) return value;
      throw placed(missingMember(written(path.object), javaText(found), whole), { source, at });
    },
    { source, at },
  );
}

export function compileMethod(call: Expression & { kind: 'method' }, unit: Unit): Evaluate {
  const { name, at, args } = call;
  if (args.named.length > 0)
    throw new ExpressionError('syntax', `expected no names of arguments in \`${name}(…)\``, {
      source: unit.source,
      at,
    });
  const object = unit.strict(call.object);
  const values = args.positional.map((value) => unit.strict(value));
  return guarded(
    (frame) => {
      const whole = object(frame);
      const method = methodOf(whole, name);
      if (!method) throw missingMember(written(call.object), `${name}()`, whole);
      return method.call(
        whole,
        values.map((value) => value(frame)),
        frame.budget,
      );
    },
    { source: unit.source, at },
  );
}

/** An expression as a message names it. */
function written(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'member':
      return `${written(expression.object)}.${expression.name}`;
    case 'index':
      return `${written(expression.object)}[${expression.key.kind === 'literal' ? javaText(expression.key.value) : '…'}]`;
    default:
      return '(…)';
  }
}

function namesIn(frame: Frame): string[] {
  const names = Object.keys(frame.names);
  for (let scope = frame.scope; scope; scope = scope.up) names.push(...scope.values.keys());
  return names;
}
