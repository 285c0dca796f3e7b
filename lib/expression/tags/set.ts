/** `{% set name = … %}` */
import { assign } from '../frame.ts';
import type { Node, Tag } from '../node.ts';

export const set: Tag = {
  read({ parser }) {
    const name = parser.newName('the name of a variable');
    parser.expect('=');
    const value = parser.expression();
    parser.end();
    const node: Node = {
      walk(walk) {
        walk.expression(value);
        walk.sets(name);
      },
      compile(unit) {
        const evaluate = unit.strict(value);
        return (frame) => {
          assign(frame, name, evaluate(frame) ?? null);
          return '';
        };
      },
    };
    return [node];
  },
};
