/** A little Markdown, as descriptions of plugins have it: paragraphs, lists, code, links, bold. Anything else stays as text. */
import { Fragment, type ReactNode } from 'react';

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\(https?:\/\/[^)\s]+\))/;
const LINK = /^\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)$/;

export function Markdown({ text }: { readonly text: string }) {
  return text
    .split(/(```[\s\S]*?```)|\n\s*\n/)
    .filter((block) => block?.trim())
    .map((block, n) => <Block key={n} text={block.trim()} />);
}

function Block({ text }: { readonly text: string }): ReactNode {
  if (text.startsWith('```')) return <pre>{text.replace(/^```\w*\n?|\n?```$/g, '')}</pre>;
  const lines = text.split('\n');
  if (lines.every((line) => /^\s*[-*] /.test(line)))
    return (
      <ul>
        {lines.map((line, n) => (
          <li key={n}>
            <Inline text={line.replace(/^\s*[-*] /, '')} />
          </li>
        ))}
      </ul>
    );
  return (
    <p>
      <Inline text={text} />
    </p>
  );
}

export function Inline({ text }: { readonly text: string }) {
  return text.split(INLINE).map((piece, n) => <Fragment key={n}>{pieceOf(piece)}</Fragment>);
}

function pieceOf(piece: string): ReactNode {
  if (piece.startsWith('`') && piece.length > 2) return <code>{piece.slice(1, -1)}</code>;
  if (piece.startsWith('**') && piece.length > 4) return <strong>{piece.slice(2, -2)}</strong>;
  const [, text, to] = LINK.exec(piece) ?? [];
  return to ? (
    <a href={to} target="_blank" rel="noreferrer">
      {text}
    </a>
  ) : (
    piece
  );
}
