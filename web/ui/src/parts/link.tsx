/** A link inside the app: a click moves without loading, anything else behaves as links do. */
import type { MouseEvent, ReactNode } from 'react';
import { go } from '../navigation.ts';

interface LinkProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly title?: string;
  /** It leads to where one is. */
  readonly here?: boolean;
}

export function Link({ to, children, className, title, here = false }: LinkProps) {
  const click = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={click} className={className} title={title} aria-current={here ? 'page' : undefined}>
      {children}
    </a>
  );
}
