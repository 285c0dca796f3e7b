/** Numbers that are whole and yet Doubles, as Java keeps them apart: 1.0 prints 1.0, and a quarter of it is 0.25. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flow, played } from '../support/engine-flow.ts';

const printed = (source: string, inputs: object): unknown => {
  const { engine, id } = played(source, {}, inputs);
  return [...engine.run(id).taskRuns.values()].at(-1)!.outputs?.value;
};

test('printing a FLOAT with its point, wherever it stands', () => {
  const source = flow(`
    inputs:
      - {id: f, type: FLOAT}
      - {id: a.b, type: FLOAT, required: false}
      - {id: list, type: ARRAY, itemType: FLOAT}
      - {id: form, type: FORM, inputs: [{id: x, type: FLOAT}]}
      - {id: i, type: INT}
    tasks:
      - id: t
        type: Return
        format: "{{ inputs.f }} {{ inputs.f / 4 }} {{ inputs.a.b }} {{ inputs.list }} {{ inputs.form.x }} {{ inputs.i / 4 }} {{ inputs.f == 42 }}"
  `);
  const inputs = { f: 42, a: { b: 2.5 }, list: [1, 2.5], form: { x: 1e7 }, i: 42 };
  assert.equal(printed(source, inputs), '42.0 10.5 2.5 [1.0,2.5] 1.0E7 10 true');
  assert.equal(printed(source, { ...inputs, a: { b: null } }), '42.0 10.5  [1.0,2.5] 1.0E7 10 true');
});

test('keeping a variable a Double that is written as one', () => {
  const source = flow(`
    variables: {one: 1.0, big: 1.5e3, list: [2.0, 2], n: 1}
    tasks:
      - {id: t, type: Return, format: "{{ vars.one }} {{ vars.one / 4 }} {{ vars.big }} {{ vars.list }} {{ vars.n / 4 }}"}
  `);
  assert.equal(printed(source, {}), '1.0 0.25 1500.0 [2.0,2] 0');
});
