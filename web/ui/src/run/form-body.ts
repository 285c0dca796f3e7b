/** A form of inputs as the server takes it, as command lines say it, and what the server refused of it. */
import { ApiError, type InputView, type ProblemView, sentenceOf } from '../api.ts';
import { flatInputs, sentOf, textOf, valueAt } from './inputs.ts';

export type Entry = readonly [name: string, value: string | File];

export interface Refused {
  /** By the input's whole id. */
  readonly at: ReadonlyMap<string, string>;
  /** What no field is to blame for. */
  readonly text: string;
}

export const NOTHING_REFUSED: Refused = { at: new Map(), text: '' };

/** `kept`: inputs of before, whose files count where no other is chosen. */
export function entriesOf(
  form: HTMLFormElement,
  inputs: readonly InputView[],
  kept?: Readonly<Record<string, unknown>>,
): readonly Entry[] {
  const entries: Entry[] = [];
  const texts = new Map<string, string[]>();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string') texts.set(name, [...(texts.get(name) ?? []), value]);
    else if (value.name !== '') entries.push([name, value]);
  }
  for (const { id, type } of flatInputs(inputs)) {
    const uri = type === 'FILE' ? textOf(valueAt(kept, id)) : '';
    if (uri !== '' && !entries.some(([name]) => name === id)) entries.push([id, uri]);
  }
  return [...entries, ...Object.entries(sentOf(flatInputs(inputs), texts))];
}

export function bodyOf(entries: readonly Entry[], fileOf = (file: File) => file): FormData {
  const body = new FormData();
  for (const [name, value] of entries) body.append(name, typeof value === 'string' ? value : fileOf(value));
  return body;
}

/** For a judgement the name of a file is enough. */
export const nameOnly = (file: File): File => new File(['-'], file.name);

const PLACE = 'inputs.';

export function refusedOf(failure: unknown, inputs: readonly InputView[]): Refused {
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
