/** A dialog above the page: the browser keeps the focus in it, Escape and a click beside it close it. */
import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}

const FIRST = 'form :is(input, select, textarea), [type=submit], .buttons button';

export function Dialog({ title, onClose, children, className = '' }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const element = box.current;
    if (element && !element.open) element.showModal();
    // The button that closes it comes first in it, and is not what one came for.
    element?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const beside = (event: MouseEvent) => event.target === box.current && onClose();
  return (
    <dialog
      ref={box}
      className={className}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={beside}
    >
      <div className="dialog-body">
        <div className="title">
          <h2 id={id}>{title}</h2>
          <span className="space" />
          <button type="button" className="plain" aria-label="Close" title="Close (Esc)" onClick={onClose}>
            ✕
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
