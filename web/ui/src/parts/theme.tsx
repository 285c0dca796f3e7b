/** Light or dark: the system's choice, until the person makes one; that is kept in this browser. */
import { useEffect, useState } from 'react';

const KEY = 'windhover.theme';
const CHOICES = ['system', 'light', 'dark'] as const;
type Choice = (typeof CHOICES)[number];
const SIGNS: Readonly<Record<Choice, string>> = { system: '◐', light: '☀', dark: '☾' };

export function ThemeButton() {
  const [choice, setChoice] = useState<Choice>(kept);
  useEffect(() => {
    const root = document.documentElement;
    if (choice === 'system') delete root.dataset.theme;
    else root.dataset.theme = choice;
    keep(choice);
  }, [choice]);
  const next = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length]!;
  return (
    <button
      type="button"
      title={`Colours: ${choice}; a click makes it ${next}`}
      aria-label={`Colours: ${choice}`}
      onClick={() => setChoice(next)}
    >
      {SIGNS[choice]}
    </button>
  );
}

/** A browser may refuse its storage: then the choice lives as long as the page. */
function kept(): Choice {
  try {
    const found = localStorage.getItem(KEY);
    return CHOICES.find((choice) => choice === found) ?? 'system';
  } catch {
    return 'system';
  }
}

function keep(choice: Choice): void {
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // As above.
  }
}
