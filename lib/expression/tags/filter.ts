/** `{% filter upper | trim %} … {% endfilter %}` */
import type { Frame } from '../frame.ts';
import type { Node, Tag } from '../node.ts';
import { print } from '../value/print.ts';

export const filter: Tag = {
  read(reading) {
    const { parser } = reading;
    const filters = [parser.filter()];
    while (parser.takeIf('|')) filters.push(parser.filter());
    parser.end();
    const body = reading.body('filter');
    const node: Node = {
      walk(walk) {
        for (const { args } of filters)
          for (const value of [...args.positional, ...args.named.map((arg) => arg.value)]) walk.expression(value);
        walk.nodes(body);
      },
      compile(unit) {
        const text: (frame: Frame) => unknown = unit.body(body);
        const filtered = filters.reduce((input, named) => unit.filter(named, input), text);
        return (frame) => print(filtered(frame));
      },
    };
    return [node];
  },
};
