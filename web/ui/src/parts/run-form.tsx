/** Runs a flow: a field for each input, by its type. What the server refuses stands at the field that it names. */
import { type FormEvent, useState } from 'react';
import { ApiError, type FlowView, type InputView, type ProblemView, sentenceOf, startExecution } from '../api.ts';
import { go, paths } from '../route.ts';
import { type Field, fieldOf, limitsOf, sentOf } from './inputs.ts';

interface RunFormProps {
  readonly flow: FlowView;
  /** Inputs of an execution that is run again. */
  readonly given?: Readonly<Record<string, unknown>>;
}

interface Refused {
  /** By the input's id. */
  readonly at: ReadonlyMap<string, string>;
  /** What no field is to blame for. */
  readonly text: string;
}

const NOTHING_REFUSED: Refused = { at: new Map(), text: '' };

export function RunForm({ flow: { namespace, id, inputs = [] }, given }: RunFormProps) {
  const [refused, setRefused] = useState(NOTHING_REFUSED);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const texts = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    try {
      go(paths.execution((await startExecution(namespace, id, sentOf(inputs, texts))).id));
    } catch (failure) {
      const answer = refusedOf(failure, inputs);
      setRefused(answer);
      setBusy(false);
      const first = inputs.find((input) => answer.at.has(input.id));
      if (first) form.querySelector<HTMLElement>(`#${CSS.escape(nameOfField(first))}`)?.focus();
    }
  };
  return (
    <form className="run" onSubmit={submit}>
      {given && inputs.length > 0 && (
        <p className="hint">With the inputs of the last run; change what should differ.</p>
      )}
      {inputs.length === 0 && <p className="hint">This flow takes no inputs.</p>}
      {inputs.map((input) => (
        <InputField key={input.id} input={input} field={fieldOf(input, given)} error={refused.at.get(input.id)} />
      ))}
      {refused.text && (
        <p className="error" role="alert">
          {refused.text}
        </p>
      )}
      <button type="submit" disabled={busy}>
        Run
      </button>
    </form>
  );
}

const PLACE = 'inputs.';

function refusedOf(failure: unknown, inputs: readonly InputView[]): Refused {
  const problems = failure instanceof ApiError ? failure.problems : [];
  const inputOf = ({ path }: ProblemView) => inputs.find(({ id }) => path === PLACE + id);
  const at = new Map(
    problems.flatMap((problem) => {
      const input = inputOf(problem);
      return input ? [[input.id, problem.message] as const] : [];
    }),
  );
  const elsewhere = problems.filter((problem) => !inputOf(problem)).map(({ path, message }) => `${path}: ${message}`);
  return { at, text: problems.length === 0 ? sentenceOf(failure) : elsewhere.join('\n') };
}

interface InputFieldProps {
  readonly input: InputView;
  readonly field: Field;
  readonly error?: string;
}

function InputField({ input, field, error }: InputFieldProps) {
  const name = nameOfField(input);
  const hint = [input.description, limitsOf(input)].filter(Boolean).join(' · ');
  return (
    <div className="field">
      <label htmlFor={name}>
        {input.displayName ?? input.id}{' '}
        <span className="quiet">
          {input.type}
          {!field.required && field.otherwise === '' && ', optional'}
        </span>
      </label>
      <Control input={input} field={field} error={error} />
      {hint && <span className="hint">{hint}</span>}
      {error && (
        <span className="wrong" id={`${name}-wrong`} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

function Control({ input, field: { text, otherwise, required }, error }: InputFieldProps) {
  const name = nameOfField(input);
  const shared = {
    id: name,
    name: input.id,
    defaultValue: text,
    required,
    'aria-invalid': error !== undefined,
    'aria-describedby': error === undefined ? undefined : `${name}-wrong`,
  };
  switch (input.type) {
    case 'BOOL':
    case 'BOOLEAN':
      return (
        <select {...shared}>
          <option value="">{otherwise && `as its default: ${otherwise}`}</option>
          <option>true</option>
          <option>false</option>
        </select>
      );
    case 'JSON':
      return <textarea {...shared} placeholder={otherwise} rows={Math.min(12, Math.max(4, text.split('\n').length))} />;
    default:
      return (
        <input
          {...shared}
          autoComplete="off"
          placeholder={otherwise}
          inputMode={input.type === 'INT' ? 'numeric' : input.type === 'FLOAT' ? 'decimal' : undefined}
        />
      );
  }
}

const nameOfField = (input: InputView): string => `input-${input.id}`;
