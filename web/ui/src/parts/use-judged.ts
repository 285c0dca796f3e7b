/**
 * What the server would make of the inputs as they stand in a form: which are asked for, their choices and what their
 * defaults become. Without an answer the form is as the flow has it.
 */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type FlowView, type JudgedInput, judgeInputs } from '../api.ts';
import { asksServer, flatInputs } from './inputs.ts';

/** Who types is not interrupted. */
const REST_MS = 250;

export interface Judged {
  /** By whole id; empty before the first answer. */
  readonly judged: ReadonlyMap<string, JudgedInput>;
  /** The form has changed. */
  readonly again: () => void;
}

export function useJudged(
  { namespace, id, inputs = [] }: FlowView,
  form: RefObject<HTMLFormElement | null>,
  bodyOf: (form: HTMLFormElement) => FormData,
): Judged {
  const [judged, setJudged] = useState<ReadonlyMap<string, JudgedInput>>(new Map());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const turn = useRef(0);
  const isNeeded = asksServer(flatInputs(inputs));
  const ask = useCallback(() => {
    const element = form.current;
    if (!element || !isNeeded) return;
    const own = ++turn.current;
    judgeInputs(namespace, id, bodyOf(element)).then(
      ({ inputs: answers }) => own === turn.current && setJudged(new Map(answers.map((each) => [each.input.id, each]))),
      () => {}, // The start itself says what is wrong.
    );
  }, [namespace, id, isNeeded]);
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
