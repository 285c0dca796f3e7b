/** `{% macro name(a, b = 'x') %} … {% endmacro %}`: called as a function, before or behind the place where it stands. */
import type { MacroParameter, Node, Reading, Tag } from '../node.ts';

export const macro: Tag = {
  read(reading) {
    const { parser } = reading;
    const name = parser.name('the name of a macro');
    const parameters = parametersOf(reading);
    parser.end();
    const body = reading.body('macro', name);
    reading.declareMacro(name, { parameters, body });
    const node: Node = {
      walk(walk) {
        for (const { fallback } of parameters) if (fallback) walk.expression(fallback);
        walk.inside(parameters.map((parameter) => parameter.name)).nodes(body);
      },
      compile(unit) {
        // Compiled even if nothing calls it, so that what is wrong in it is found.
        unit.macro(name);
        return () => '';
      },
    };
    return [node];
  },
};

function parametersOf({ parser }: Reading): readonly MacroParameter[] {
  const parameters: MacroParameter[] = [];
  parser.expect('(');
  while (!parser.is(')')) {
    if (parameters.length > 0) parser.expect(',');
    const name = parser.newName('the name of a parameter');
    parameters.push({ name, fallback: parser.takeIf('=') ? parser.expression() : undefined });
  }
  parser.expect(')');
  return parameters;
}
