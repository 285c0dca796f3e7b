/** A piece of text to be taken elsewhere, with a button that copies it. */
import { useState } from 'react';

const SAID_MS = 1_500;

export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState('Copy');
  const copy = () => {
    const say = (word: string) => {
      setSaid(word);
      setTimeout(() => setSaid('Copy'), SAID_MS);
    };
    // A page without TLS on another machine has no clipboard.
    navigator.clipboard?.writeText(text).then(
      () => say('Copied'),
      () => say('Not allowed here'),
    );
  };
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a person without a mouse scrolls it by the keys */}
      <pre tabIndex={0}>{text}</pre>
      {navigator.clipboard && (
        <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
          {said}
        </button>
      )}
    </div>
  );
}
