/** How far back a list looks. */
interface SinceSelectProps {
  /** ISO-8601; empty: all. */
  readonly since: string;
  readonly onChange: (since: string) => void;
  /** False: some span must be chosen. */
  readonly anytime?: boolean;
}

const SPANS: readonly (readonly [since: string, text: string])[] = [
  ['PT1H', 'the last hour'],
  ['PT24H', 'the last 24 hours'],
  ['P7D', 'the last 7 days'],
  ['P30D', 'the last 30 days'],
];
export const sinceText = (since: string): string => SPANS.find(([each]) => each === since)?.[1] ?? since;

export function SinceSelect({ since, onChange, anytime = true }: SinceSelectProps) {
  return (
    <select aria-label="Time" value={since} onChange={(event) => onChange(event.target.value)}>
      {anytime && <option value="">At any time</option>}
      {SPANS.map(([each, said]) => (
        <option key={each} value={each}>
          In {said}
        </option>
      ))}
    </select>
  );
}
