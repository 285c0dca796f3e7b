/** A field that narrows a list while somebody types. */
import { useEffect, useState } from 'react';

interface SearchFieldProps {
  /** What is searched for now, as the address has it. */
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly onSearch: (text: string) => void;
}

export function SearchField({ text, label, placeholder, onSearch }: SearchFieldProps) {
  const [typed, setTyped] = useState(text);
  // The browser's back button changes the address alone. A space at the end may be the one before the next word.
  useEffect(() => setTyped((old) => (old.trim() === text ? old : text)), [text]);
  return (
    <input
      type="search"
      placeholder={placeholder}
      aria-label={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        onSearch(event.target.value.trim());
      }}
    />
  );
}
