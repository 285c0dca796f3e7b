/** How much there is, and the pages before and after this one. */
export interface PagerProps {
  readonly total: number;
  /** The server counts no further. */
  readonly totalMax: number;
  readonly size: number;
  /** From 1. */
  readonly number: number;
  readonly noun: readonly [one: string, many: string];
  readonly words: readonly [before: string, after: string];
  readonly onTurn: (number: number) => void;
}

export function Pager({ total, totalMax, size, number, noun, words, onTurn }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / size));
  const count = `${total.toLocaleString()}${total >= totalMax ? '+' : ''} ${noun[total === 1 ? 0 : 1]}`;
  return (
    <p className="pages">
      {count}
      {pages > 1 && (
        <>
          <button type="button" disabled={number <= 1} onClick={() => onTurn(number - 1)}>
            {words[0]}
          </button>
          <span>
            page {number} of {pages}
          </span>
          <button type="button" disabled={number >= pages} onClick={() => onTurn(number + 1)}>
            {words[1]}
          </button>
        </>
      )}
    </p>
  );
}
