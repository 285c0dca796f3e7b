/** A flow that is not there yet: an example that runs as it is, to be changed. */
import { useTitle } from '../navigation.ts';
import FlowEditor from './flow-editor.tsx';

const EXAMPLE = `id: hello
namespace: company.team

inputs:
  - id: name
    type: STRING
    defaults: World

tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: Hello, {{ inputs.name }}
`;

export default function NewFlow() {
  useTitle('New flow');
  return (
    <section>
      <div className="title">
        <h1>New flow</h1>
      </div>
      <FlowEditor template={EXAMPLE} />
    </section>
  );
}
