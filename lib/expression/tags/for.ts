/** `{% for item in items %} … {% else %} … {% endfor %}`: `else` is for what is empty. Null is neither: nothing is written. */
import { spend, TEXT_CHARS_MAX, tooLong } from '../budget.ts';
import { ValueError } from '../error.ts';
import { type Evaluate, type Frame, guarded, scoped, type Write } from '../frame.ts';
import type { Node, Tag } from '../node.ts';
import { entriesOf, isMap } from '../value/map.ts';
import { kindOf } from '../value/number.ts';

export const forTag: Tag = {
  read(reading) {
    const { parser } = reading;
    const name = parser.newName('the name of the loop variable');
    parser.expect('in');
    const values = parser.expression();
    parser.end();
    const body = reading.until('for', ['else']);
    body.parser.end();
    const otherwise = body.ended === 'else' ? reading.body('for') : [];
    const node: Node = {
      walk(walk) {
        walk.expression(values);
        walk.inside([name, 'loop']).nodes(body.nodes);
        walk.nodes(otherwise);
      },
      compile(unit) {
        const loop = { name, values: unit.strict(values), write: unit.body(body.nodes), rest: unit.body(otherwise) };
        return guarded((frame) => written(loop, frame), { source: unit.source, at: reading.at });
      },
    };
    return [node];
  },
};

type Loop = { readonly name: string; readonly values: Evaluate; readonly write: Write; readonly rest: Write };

/** One scope for all turns: what one of them sets, the next ones see. */
function written({ name, values, write, rest }: Loop, frame: Frame): string {
  const items = itemsOf(values(frame));
  if (!items) return '';
  const { length } = items;
  if (length === 0) return rest(frame);
  const scope = new Map<string, unknown>();
  return scoped(frame, scope, () => {
    let text = '';
    for (let index = 0; index < length; index++) {
      spend(frame.budget, 1);
      const place = { index, length, first: index === 0, last: index === length - 1, revindex: length - index - 1 };
      scope.set('loop', place).set(name, items[index] ?? null);
      text += write(frame);
      if (text.length > TEXT_CHARS_MAX) throw tooLong();
    }
    return text;
  });
}

/** A map is gone through by its entries, each with a key and a value. */
function itemsOf(values: unknown): readonly unknown[] | undefined {
  if (Array.isArray(values)) return values;
  if (values === null || values === undefined) return undefined;
  if (isMap(values)) return entriesOf(values);
  throw new ValueError(`expected a list or a map to loop over, got ${kindOf(values)}`);
}
