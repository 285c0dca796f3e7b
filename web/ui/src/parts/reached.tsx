/** Says that a list is not of all there is: where much is kept, a search that no index answers stops looking. */
import { dateText } from '../time.ts';

interface ReachedProps {
  /** ISO 8601; absent where all was looked at. */
  readonly reached: string | undefined;
  readonly narrow: string;
}

export function Reached({ reached, narrow }: ReachedProps) {
  if (!reached) return null;
  return (
    <p className="quiet" role="status">
      Looked back to {dateText(reached)}, since there is very much. {narrow}
    </p>
  );
}
