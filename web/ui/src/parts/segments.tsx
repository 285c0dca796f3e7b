/** One of a few ways to show the same, side by side. */
interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly choices: readonly (readonly [name: T, text: string])[];
  readonly chosen: T;
  readonly onChoose: (name: T) => void;
}

export function Segments<T extends string>({ label, choices, chosen, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset className="segments" aria-label={label}>
      {choices.map(([name, text]) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
