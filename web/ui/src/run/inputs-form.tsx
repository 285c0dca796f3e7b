/**
 * A form of inputs: a field for each that is asked for, by its type. What the server would refuse stands at the field as soon as
 * it was touched; what it does refuse stands at the field that it names.
 */
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { InputView, JudgedInput } from '../api.ts';
import { bodyOf, type Entry, entriesOf, NOTHING_REFUSED, nameOnly, type Refused, refusedOf } from './form-body.ts';
import { InputField, nameOfField } from './input-field.tsx';
import { fieldOf, flatInputs, insideOf, textOf } from './inputs.ts';
import { type Judge, useJudged } from './use-judged.ts';

interface InputsFormProps {
  readonly inputs: readonly InputView[];
  /** Values that it begins with, of an execution that is run again. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** Files of `given` count where no other is chosen. */
  readonly keepsFiles?: boolean;
  readonly judge: Judge;
  /** Names what `judge` asks. */
  readonly judgeKey: string;
  /** Throws what the server refuses. */
  readonly submit: (entries: readonly Entry[]) => Promise<void>;
  readonly action: string;
  readonly onEntries?: (entries: readonly Entry[]) => void;
  /** Above the fields. */
  readonly children?: ReactNode;
}

export function InputsForm({ inputs, given, keepsFiles = false, ...props }: InputsFormProps) {
  const { judge, judgeKey, submit, action, onEntries, children } = props;
  const [refused, setRefused] = useState(NOTHING_REFUSED);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const entries = (element: HTMLFormElement) => entriesOf(element, inputs, keepsFiles ? given : undefined);
  const { judged, again } = useJudged(inputs.length > 0 ? judgeKey : '', judge, form, (element) =>
    bodyOf(entries(element), nameOnly),
  );
  useEffect(() => {
    if (form.current) onEntries?.(entries(form.current));
  }, []);
  const change = (event: FormEvent<HTMLFormElement>) => {
    const { name } = event.target as HTMLInputElement;
    setTouched((old) => new Set(old).add(name));
    onEntries?.(entries(event.currentTarget));
    again();
  };
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    setBusy(true);
    try {
      await submit(entries(element));
    } catch (failure) {
      const answer = refusedOf(failure, flatInputs(inputs));
      setRefused(answer);
      setTouched(new Set());
      setBusy(false);
      const first = flatInputs(inputs).find((input) => answer.at.has(input.id));
      if (first) element.querySelector<HTMLElement>(`#${CSS.escape(nameOfField(first))}`)?.focus();
    }
  };
  const shown = { judged, given, refused, touched, keepsFiles };
  return (
    <form className="run" ref={form} onSubmit={send} onChange={change}>
      {children}
      {inputs.map((input) =>
        input.type === 'FORM' ? (
          <Group key={input.id} input={input} judged={judged}>
            {(some) => <Fields inputs={some} {...shown} />}
          </Group>
        ) : (
          <Fields key={input.id} inputs={[input]} {...shown} />
        ),
      )}
      {refused.text && (
        <p className="error" role="alert">
          {refused.text}
        </p>
      )}
      <button type="submit" disabled={busy}>
        {action}
      </button>
    </form>
  );
}

interface GroupProps {
  readonly input: InputView;
  readonly judged: ReadonlyMap<string, JudgedInput>;
  readonly children: (inputs: readonly InputView[]) => ReactNode;
}

/** Nothing of it is shown where none of its inputs is asked for. */
function Group({ input, judged, children }: GroupProps) {
  const inside = insideOf(input);
  if (!inside.some((inner) => isAsked(inner, judged))) return null;
  return (
    <fieldset>
      <legend>{input.displayName ?? input.id}</legend>
      {input.description && <span className="hint">{input.description}</span>}
      {children(inside)}
    </fieldset>
  );
}

interface FieldsProps {
  readonly inputs: readonly InputView[];
  readonly judged: ReadonlyMap<string, JudgedInput>;
  readonly given?: Readonly<Record<string, unknown>>;
  readonly refused: Refused;
  /** Names of the fields that have changed since the last refusal. */
  readonly touched: ReadonlySet<string>;
  readonly keepsFiles: boolean;
}

function Fields({ inputs, judged, given, refused, touched, keepsFiles }: FieldsProps) {
  return inputs
    .filter((input) => isAsked(input, judged))
    .map((input) => {
      const now = judged.get(input.id);
      const field = fieldOf(input, given, keepsFiles);
      const otherwise = now?.isDefault && now.value !== undefined ? textOf(now.value) : field.otherwise;
      const asked = now ? { ...input, values: now.input.values } : input;
      const error = touched.has(input.id) ? now?.errors?.[0]?.message : refused.at.get(input.id);
      return <InputField key={input.id} input={asked} field={{ ...field, otherwise }} error={error} />;
    });
}

/** Before the server has spoken: what depends on nothing. */
const isAsked = ({ id, dependsOn }: InputView, judged: ReadonlyMap<string, JudgedInput>): boolean =>
  judged.get(id)?.enabled ?? dependsOn === undefined;
