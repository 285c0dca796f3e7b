/**
 * What the server would make of the inputs as they stand in a form: which are asked for, their choices, what their defaults
 * become, and what is wrong with them. Without an answer the form is as the flow has it.
 */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { JudgedInput } from '../api.ts';

/** Who types is not interrupted. */
const REST_MS = 250;

export type Judge = (body: FormData) => Promise<{ readonly inputs: readonly JudgedInput[] }>;

export interface Judged {
  /** By whole id; empty before the first answer. */
  readonly judged: ReadonlyMap<string, JudgedInput>;
  /** The form has changed. */
  readonly again: () => void;
}

/** `key` names what is judged; empty: nothing is. */
export function useJudged(
  key: string,
  judge: Judge,
  form: RefObject<HTMLFormElement | null>,
  bodyOf: (form: HTMLFormElement) => FormData,
): Judged {
  const [judged, setJudged] = useState<ReadonlyMap<string, JudgedInput>>(new Map());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const turn = useRef(0);
  const ask = useCallback(() => {
    const element = form.current;
    if (!element || key === '') return;
    const own = ++turn.current;
    judge(bodyOf(element)).then(
      ({ inputs: answers }) => own === turn.current && setJudged(new Map(answers.map((each) => [each.input.id, each]))),
      () => {}, // The start itself says what is wrong.
    );
  }, [key]);
  const again = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(ask, REST_MS);
  }, [ask]);
  useEffect(() => {
    ask();
    return () => {
      turn.current++;
      clearTimeout(timer.current);
    };
  }, [ask]);
  return { judged, again };
}
