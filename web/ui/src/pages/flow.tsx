/** A flow: its source, its inputs with a button that runs it, its executions. */
import { type FormEvent, useState } from 'react';
import { type InputView, readFlow, startExecution } from '../api.ts';
import { ExecutionTable } from '../parts/execution-table.tsx';
import { go, paths } from '../route.ts';
import { useAsk } from '../use-ask.ts';

export function FlowPage({ namespace, id }: { readonly namespace: string; readonly id: string }) {
  const { value: flow, error } = useAsk(`${namespace}/${id}`, () => readFlow(namespace, id));
  if (error) return <p className="error">{error}</p>;
  if (!flow) return null;
  return (
    <section>
      <div className="title">
        <h1>
          <span className="quiet">{namespace}.</span>
          {id}
        </h1>
        <span className="quiet">revision {flow.revision}</span>
      </div>
      {flow.description && <p>{flow.description}</p>}
      <div className="columns">
        <div>
          <h2>Run</h2>
          <RunForm namespace={namespace} id={id} inputs={flow.inputs ?? []} />
          <h2>Executions</h2>
          <ExecutionTable filter={{ namespace, flowId: id }} />
        </div>
        <div>
          <h2>Source</h2>
          <pre className="source">{flow.source}</pre>
        </div>
      </div>
    </section>
  );
}

interface RunFormProps {
  readonly namespace: string;
  readonly id: string;
  readonly inputs: readonly InputView[];
}

function RunForm({ namespace, id, inputs }: RunFormProps) {
  const [error, setError] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    try {
      const started = await startExecution(
        namespace,
        id,
        Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      );
      go(paths.execution(started.id));
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : 'the server does not answer');
    }
  };
  return (
    <form className="run" onSubmit={submit}>
      {inputs.map((input) => (
        <label key={input.id} htmlFor={fieldOf(input)}>
          <span>
            {input.displayName ?? input.id} <span className="quiet">{input.type}</span>
          </span>
          <InputField input={input} />
          {input.description && <span className="hint">{input.description}</span>}
        </label>
      ))}
      {error && <p className="error">{error}</p>}
      <button type="submit">Run</button>
    </form>
  );
}

function InputField({ input }: { readonly input: InputView }) {
  const written =
    input.defaults === undefined || input.defaults === null
      ? ''
      : typeof input.defaults === 'string'
        ? input.defaults
        : JSON.stringify(input.defaults);
  const required = input.required !== false && written === '';
  if (input.type === 'BOOL' || input.type === 'BOOLEAN')
    return (
      <select id={fieldOf(input)} name={input.id} defaultValue={written} required={required}>
        <option value="">–</option>
        <option>true</option>
        <option>false</option>
      </select>
    );
  if (input.type === 'JSON')
    return <textarea id={fieldOf(input)} name={input.id} defaultValue={written} required={required} rows={4} />;
  return (
    <input
      id={fieldOf(input)}
      name={input.id}
      defaultValue={written}
      required={required}
      inputMode={input.type === 'INT' ? 'numeric' : undefined}
    />
  );
}

const fieldOf = (input: InputView): string => `input-${input.id}`;
