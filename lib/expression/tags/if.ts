/** `{% if … %} … {% elseif … %} … {% else %} … {% endif %}` */
import type { Expression } from '../ast.ts';
import { guarded } from '../frame.ts';
import type { Node, Reading, Tag } from '../node.ts';
import { truth } from '../value/truth.ts';

type Branch = { readonly condition: Expression; readonly body: readonly Node[] };

export const ifTag: Tag = {
  read(reading) {
    const { branches, otherwise } = branchesOf(reading);
    const node: Node = {
      walk(walk) {
        for (const { condition, body } of branches) {
          walk.expression(condition);
          walk.nodes(body);
        }
        walk.nodes(otherwise);
      },
      compile(unit) {
        const compiled = branches.map(({ condition, body }) => {
          const value = unit.strict(condition);
          const site = { source: unit.source, at: condition.at };
          return { holds: guarded((frame) => truth(value(frame)), site), write: unit.body(body) };
        });
        const rest = unit.body(otherwise);
        return (frame) => {
          for (const { holds, write } of compiled) if (holds(frame)) return write(frame);
          return rest(frame);
        };
      },
    };
    return [node];
  },
};

function branchesOf(reading: Reading): { readonly branches: readonly Branch[]; readonly otherwise: readonly Node[] } {
  const branches: Branch[] = [];
  let { parser } = reading;
  for (;;) {
    const condition = parser.expression();
    parser.end();
    const body = reading.until('if', ['elseif', 'else']);
    branches.push({ condition, body: body.nodes });
    parser = body.parser;
    if (body.ended === 'elseif') continue;
    parser.end();
    return { branches, otherwise: body.ended === 'else' ? reading.body('if') : [] };
  }
}
