/** A button that opens a list of what else can be done. Arrows move in it, Escape closes it, as menus do everywhere. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

export interface MenuItem {
  readonly text: string;
  readonly act: () => void;
  readonly danger?: boolean;
}

interface MenuProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly items: readonly MenuItem[];
}

export function Menu({ label, name, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const buttons = () => [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useEffect(() => {
    if (!open) return;
    buttons()[0]?.focus();
    const away = (event: Event) => !box.current?.contains(event.target as Node) && setOpen(false);
    addEventListener('pointerdown', away);
    return () => removeEventListener('pointerdown', away);
  }, [open]);
  const keys = (event: KeyboardEvent) => {
    const all = buttons();
    const place = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Escape') {
      setOpen(false);
      button.current?.focus();
    } else if (event.key === 'Tab') return setOpen(false);
    else if (to === undefined) return;
    else all.at(to % all.length)?.focus();
    event.preventDefault();
  };
  return (
    <div className="menu" ref={box}>
      <button
        type="button"
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={name}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div role="menu" aria-label={name} tabIndex={-1} onKeyDown={keys}>
          {items.map(({ text, act, danger }) => (
            <button
              key={text}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={danger ? 'danger' : ''}
              onClick={() => {
                setOpen(false);
                button.current?.focus();
                act();
              }}
            >
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
