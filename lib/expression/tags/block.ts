/** `{% block name %} … {% endblock %}`: written where it stands, and wherever `block('name')` is. */
import type { Node, Tag } from '../node.ts';

export const block: Tag = {
  read(reading) {
    const { parser } = reading;
    const token = parser.take();
    if (token.kind !== 'string' && token.kind !== 'name') throw reading.fault('expected the name of a block');
    parser.end();
    const name = token.kind === 'string' ? token.text.slice(1, -1) : token.text;
    const body = reading.body('block', token.text);
    reading.declareBlock(name, body);
    const node: Node = { walk: (walk) => walk.nodes(body), compile: (unit) => unit.block(name)! };
    return [node];
  },
};
