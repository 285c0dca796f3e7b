/** The list of executions, newest first, fresh by itself. */
import { ExecutionTable } from '../parts/execution-table.tsx';

export function ExecutionsPage() {
  return (
    <section>
      <div className="title">
        <h1>Executions</h1>
      </div>
      <ExecutionTable filter={{}} />
    </section>
  );
}
