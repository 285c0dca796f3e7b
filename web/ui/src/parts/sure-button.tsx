/** Two steps for what cannot be taken back: the button stands where a hand may slip. */
import { useState } from 'react';

interface SureButtonProps {
  readonly text: string;
  readonly sure: string;
  readonly busyText: string;
  readonly busy: boolean;
  readonly act: () => void;
}

export function SureButton({ text, sure, busyText, busy, act }: SureButtonProps) {
  const [asks, setAsks] = useState(false);
  const click = () => {
    setAsks(!asks);
    if (asks) act();
  };
  return (
    <button
      type="button"
      className={`danger${asks ? ' sure' : ''}`}
      disabled={busy}
      onClick={click}
      onBlur={() => setAsks(false)}
      onKeyDown={(event) => event.key === 'Escape' && setAsks(false)}
    >
      {busy ? busyText : asks ? sure : text}
    </button>
  );
}
