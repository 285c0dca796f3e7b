/** Validating flows: all that is wrong at once, each at its place, with what was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import core from '@windhover/plugin-core';
import http from '@windhover/plugin-http';
import { parseFlow } from '../lib/flow/parse.ts';
import { catalogueOf } from '../lib/plugin/catalogue.ts';
import { entriesOf } from '../lib/plugin/load.ts';
import { problemLine } from '../web/cli/commands/flow-validate.ts';

const catalogue = catalogueOf(entriesOf([...core.tasks, ...http.tasks]));
const linesOf = (source: string): readonly string[] =>
  parseFlow(source, catalogue, { tenant: 'main' }).problems.map((problem) => problemLine('f', problem));

test('telling all that is wrong with a flow, deep inside it, in the order of the text', () => {
  const source = `id: a
namespace: b
labells: {}
inputs:
  - { id: x, type: STRNG }
  - { id: y, type: STRING, dependsOn: { inputs: [xx] } }
tasks:
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: in
        type: io.kestra.plugin.core.flow.Sequential
        tasks:
          - id: ask
            type: io.kestra.plugin.core.http.Request
            uri: http://a
            options: { auth: { type: BASC }, followRedirects: maybe }
          - id: log
            type: io.kestra.plugin.core.log.Log
            message: |
              {{ x | uper }}
            level: WARNN
            timeout: 10s
  - id: dag
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - { task: { id: one, type: io.kestra.plugin.core.debug.Return }, dependsOn: [two] }
      - { task: { id: two, type: io.kestra.plugin.core.debug.Return }, dependsOn: [one] }
triggers:
  - { id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: "* * *", timezone: Europe/Pari }
`;
  const told = linesOf(source).map((line) => line.replace(/expected one of (?:\w+, )+\w+(?=,)/, 'expected one of …'));
  assert.deepEqual(told, [
    'f:3:1 labells: expected a property of a flow, got labells (did you mean labels?)',
    'f:5:20 inputs[0].type: expected one of …, got "STRNG" (did you mean STRING?)',
    'f:6:28 inputs[1].dependsOn: expected inputs of this flow, got xx',
    'f:17:38 tasks[0].tasks[0].tasks[0].options.auth.type: expected one of …, got "BASC" (did you mean BASIC?)',
    'f:17:63 tasks[0].tasks[0].tasks[0].options.followRedirects: expected true or false, got "maybe"',
    'f:21:22 warning: tasks[0].tasks[0].tasks[1].message: expected a filter, got `uper`, which there is not; did you mean `upper`?',
    'f:22:20 tasks[0].tasks[0].tasks[1].level: expected one of …, got "WARNN" (did you mean WARN?)',
    'f:23:22 tasks[0].tasks[0].tasks[1].timeout: expected an ISO-8601 duration such as PT30S, got "10s"',
    'f:26:5 tasks[1].tasks: expected dependencies without a cycle, got one among one, two',
    'f:30:66 triggers[0].cron: expected a cron expression, got * * *: Cron expression contains 3 parts but we expect one of [5]',
    'f:30:85 triggers[0].timezone: expected a timezone such as Europe/Paris, got Europe/Pari',
  ]);
});

test('a type that is not known makes no second problem of what is around it', () => {
  const source = `id: a
namespace: b
tasks:
  - id: dag
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - { task: { id: one, type: org.acme.Unknown } }
      - { task: { id: two, type: io.kestra.plugin.core.debug.Return }, dependsOn: [one] }
  - id: which
    type: io.kestra.plugin.core.flow.Switch
    value: a
    cases: { a: [{ id: three, type: org.acme.Unknown, tasks: [{ id: four }] }] }
  - { id: last, type: io.kestra.plugin.core.debug.Return, format: "{{ outputs.four.value }}" }
`;
  assert.deepEqual(linesOf(source), [
    'f:7:34 tasks[0].tasks[0].task.type: expected a type of task, got org.acme.Unknown',
    'f:12:37 tasks[1].cases.a[0].type: expected a type of task, got org.acme.Unknown',
  ]);
});

test('warning of what expressions name and the flow has not', () => {
  const source = `id: a
namespace: b
inputs:
  - { id: name, type: STRING }
  - { id: at.host, type: STRING, defaults: "{{ inputs.nam }}" }
variables: { greeting: hello }
tasks:
  - id: first
    type: io.kestra.plugin.core.debug.Return
    format: |
      {{ inputs.name }} {{ inputs.at.host }} {{ inputs['at'] }} {{ vars.greeting }} {{ outputs.second.value }}
      {{ inputs.nme }} {{ inputs.at.hst }} {{ outputs['secnd'].value }} {{ tasks.other.state }} {{ vars.greting }} {{ input.name }}
      {{ inputs.b ?? '' }} {{ inputs.c | default('') }} {% if inputs.d is defined %}{{ inputs.d }}{% endif %}
      {% set input = inputs %}{% for x in inputs.name %}{{ x.y }}{% endfor %}
  - id: second
    type: io.kestra.plugin.core.flow.Pause
    onResume: [{ id: r, type: STRING, defaults: "{{ inputs.other }}" }]
  - { id: third, type: io.kestra.plugin.core.debug.Return, format: "{{ output.first.value }}" }
`;
  assert.deepEqual(linesOf(source), [
    'f:5:48 warning: inputs[1].defaults: expected an input of this flow, got `nam`; did you mean `name`?',
    'f:12:10 warning: tasks[0].format: expected an input of this flow, got `nme`; did you mean `name`?',
    'f:12:27 warning: tasks[0].format: expected an input of this flow, got `at.hst`; did you mean `at.host`?',
    'f:12:47 warning: tasks[0].format: expected a task of this flow, got `secnd`; did you mean `second`?',
    'f:12:76 warning: tasks[0].format: expected a task of this flow, got `other`',
    'f:12:100 warning: tasks[0].format: expected a variable of this flow, got `greting`; did you mean `greeting`?',
    'f:18:72 warning: tasks[2].format: expected a variable of the context, got `output`; did you mean `outputs`?',
  ]);
  const setting = source.replace(
    '  - id: second\n',
    '  - { id: set, type: io.kestra.plugin.core.execution.SetVariables, variables: { greting: x } }\n$&',
  );
  assert.ok(!linesOf(setting).some((line) => line.includes('greting')), 'a task may set it');
});
