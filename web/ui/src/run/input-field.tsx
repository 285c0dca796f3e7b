/** One input of a flow as a field: its name, a control that fits its type, its hint, what was wrong with it. */
import type { InputView } from '../api.ts';
import { type ChoiceView, choicesOf, type Field, limitsOf } from './inputs.ts';

interface InputFieldProps {
  /** With its whole id, and its choices as they are now. */
  readonly input: InputView;
  readonly field: Field;
  readonly error?: string;
}

export function InputField({ input, field, error }: InputFieldProps) {
  const name = nameOfField(input);
  const hint = [input.description, limitsOf(input)].filter(Boolean).join(' · ');
  return (
    <div className="field">
      <label htmlFor={name}>
        {input.displayName ?? input.id.split('.').at(-1)}{' '}
        <span className="quiet">
          {input.type}
          {input.required === false && ', optional'}
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

export const nameOfField = (input: InputView): string => `input-${input.id}`;

/** What a text of the type looks like. */
const EXAMPLES: Readonly<Record<string, string>> = {
  DATETIME: '2026-11-26T14:30:00Z',
  DURATION: 'PT5M',
  EMAIL: 'somebody@example.com',
  TIME: '14:30:00',
  URI: 'https://example.com',
};
const DATE = /^(\d{4}-\d{2}-\d{2})?$/;
const ROWS = { min: 4, max: 12 };

function Control({ input, field: { text, otherwise, required }, error }: InputFieldProps) {
  const name = nameOfField(input);
  const shared = {
    id: name,
    name: input.id,
    required,
    'aria-invalid': error !== undefined,
    'aria-describedby': error === undefined ? undefined : `${name}-wrong`,
  };
  const typed = { ...shared, defaultValue: text, autoComplete: 'off', placeholder: otherwise || EXAMPLES[input.type] };
  const choices = choicesOf(input);
  if (choices && input.type === 'MULTISELECT') return <Checks input={input} choices={choices} text={text} />;
  if (choices) return <Select shared={shared} choices={choices} text={text} otherwise={otherwise} />;
  switch (input.type) {
    case 'BOOL':
    case 'BOOLEAN':
      return <Select shared={shared} choices={TRUTHS} text={text} otherwise={otherwise} />;
    case 'JSON':
    case 'YAML':
    case 'ARRAY':
    case 'MULTISELECT':
      return <textarea {...typed} rows={Math.min(ROWS.max, Math.max(ROWS.min, text.split('\n').length))} />;
    case 'FILE':
      return <FileField shared={shared} accept={input.allowedFileExtensions?.join(',')} kept={otherwise} />;
    case 'SECRET':
      return <input {...typed} type="password" autoComplete="new-password" placeholder={otherwise && '******'} />;
    case 'DATE':
      return <input {...typed} type={DATE.test(text) ? 'date' : 'text'} />;
    case 'INT':
      return <input {...typed} inputMode="numeric" />;
    case 'FLOAT':
      return <input {...typed} inputMode="decimal" />;
    default:
      return <input {...typed} />;
  }
}

interface FileFieldProps {
  readonly shared: { readonly id: string; readonly name: string; readonly required: boolean };
  readonly accept?: string;
  /** The file that counts where no other is chosen. */
  readonly kept: string;
}

function FileField({ shared, accept, kept }: FileFieldProps) {
  return (
    <>
      <input {...shared} type="file" accept={accept} />
      {kept && <span className="hint">Without another one, {kept.split('/').at(-1)} is taken again.</span>}
    </>
  );
}

const TRUTHS: readonly ChoiceView[] = [
  { label: 'true', value: 'true' },
  { label: 'false', value: 'false' },
];

interface SelectProps {
  readonly shared: { readonly id: string; readonly name: string; readonly required: boolean };
  readonly choices: readonly ChoiceView[];
  readonly text: string;
  readonly otherwise: string;
}

function Select({ shared, choices, text, otherwise }: SelectProps) {
  return (
    <select {...shared} defaultValue={text}>
      <option value="">{otherwise && `as its default: ${otherwise}`}</option>
      {choices.map(({ label, value }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

interface ChecksProps {
  readonly input: InputView;
  readonly choices: readonly ChoiceView[];
  /** A list in JSON. */
  readonly text: string;
}

function Checks({ input, choices, text }: ChecksProps) {
  const first = listIn(text);
  return (
    <fieldset className="checks" id={nameOfField(input)} aria-label={input.displayName ?? input.id} tabIndex={-1}>
      {choices.map(({ label, value }) => (
        <label key={value}>
          <input type="checkbox" name={input.id} value={value} defaultChecked={first.includes(value)} /> {label}
        </label>
      ))}
    </fieldset>
  );
}

function listIn(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return []; // A default that is an expression: the server renders it.
  }
}
