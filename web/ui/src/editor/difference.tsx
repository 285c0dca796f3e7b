/** Two sources beside each other, with what differs. */
import { MergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { readOnly } from './setup.ts';
import './editor.css';

const labelled = (label: string) => EditorView.contentAttributes.of({ 'aria-label': label });

export default function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const parent = document.createElement('div');
    root.append(parent);
    const view = new MergeView({
      root,
      parent,
      a: { doc: before, extensions: [readOnly, labelled('Before')] },
      b: { doc: after, extensions: [readOnly, labelled('After')] },
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
    return () => {
      view.destroy();
      parent.remove();
    };
  }, [before, after]);
  if (before === after) return <p className="empty">Nothing differs.</p>;
  return <div className="code-editor difference" ref={box} />;
}
