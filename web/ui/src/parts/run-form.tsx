/**
 * Runs a flow: a field for each input that is asked for, by its type. What the server refuses stands at the field that it
 * names.
 */
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import {
  ApiError,
  type FlowView,
  type InputView,
  type JudgedInput,
  type ProblemView,
  sentenceOf,
  startExecution,
} from '../api.ts';
import { go, paths } from '../route.ts';
import { InputField, nameOfField } from './input-field.tsx';
import { fieldOf, flatInputs, insideOf, sentOf, textOf } from './inputs.ts';
import { useJudged } from './use-judged.ts';

interface RunFormProps {
  readonly flow: FlowView;
  /** Inputs of an execution that is run again. */
  readonly given?: Readonly<Record<string, unknown>>;
}

interface Refused {
  /** By the input's whole id. */
  readonly at: ReadonlyMap<string, string>;
  /** What no field is to blame for. */
  readonly text: string;
}

const NOTHING_REFUSED: Refused = { at: new Map(), text: '' };

export function RunForm({ flow, given }: RunFormProps) {
  const { namespace, id, inputs = [] } = flow;
  const [refused, setRefused] = useState(NOTHING_REFUSED);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { judged, again } = useJudged(flow, form, (element) => bodyOf(element, inputs, nameOnly));
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    setBusy(true);
    try {
      go(paths.execution((await startExecution(namespace, id, bodyOf(element, inputs))).id));
    } catch (failure) {
      const answer = refusedOf(failure, flatInputs(inputs));
      setRefused(answer);
      setBusy(false);
      const first = flatInputs(inputs).find((input) => answer.at.has(input.id));
      if (first) element.querySelector<HTMLElement>(`#${CSS.escape(nameOfField(first))}`)?.focus();
    }
  };
  const fieldsOf = (some: readonly InputView[]) => <Fields {...{ inputs: some, judged, given, refused }} />;
  return (
    <form className="run" ref={form} onSubmit={submit} onChange={again}>
      {given && inputs.length > 0 && (
        <p className="hint">With the inputs of the last run; change what should differ.</p>
      )}
      {inputs.length === 0 && <p className="hint">This flow takes no inputs.</p>}
      {inputs.map((input) =>
        input.type === 'FORM' ? (
          <Group key={input.id} input={input} judged={judged}>
            {fieldsOf}
          </Group>
        ) : (
          <Fields key={input.id} {...{ inputs: [input], judged, given, refused }} />
        ),
      )}
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
}

function Fields({ inputs, judged, given, refused }: FieldsProps) {
  return inputs
    .filter((input) => isAsked(input, judged))
    .map((input) => {
      const now = judged.get(input.id);
      const field = fieldOf(input, given);
      const otherwise = now?.isDefault && now.value !== undefined ? textOf(now.value) : field.otherwise;
      const asked = now ? { ...input, values: now.input.values } : input;
      return (
        <InputField key={input.id} input={asked} field={{ ...field, otherwise }} error={refused.at.get(input.id)} />
      );
    });
}

/** Before the server has spoken: what depends on nothing. */
const isAsked = ({ id, dependsOn }: InputView, judged: ReadonlyMap<string, JudgedInput>): boolean =>
  judged.get(id)?.enabled ?? dependsOn === undefined;

/** For a judgement the name of a file is enough. */
const nameOnly = (file: File): File => new File(['-'], file.name);

function bodyOf(form: HTMLFormElement, inputs: readonly InputView[], fileOf = (file: File) => file): FormData {
  const body = new FormData();
  const texts = new Map<string, string[]>();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string') texts.set(name, [...(texts.get(name) ?? []), value]);
    else if (value.name !== '') body.append(name, fileOf(value));
  }
  for (const [name, text] of Object.entries(sentOf(flatInputs(inputs), texts))) body.append(name, text);
  return body;
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
