/**
 * CodeMirror in React. It stands in a shadow root: there its styles are adopted sheets, which the content security policy takes,
 * where style elements in the page would be refused.
 */
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';

interface CodeEditorProps {
  /** What it begins with; later it is the editor's. */
  readonly text: string;
  readonly extensions: Extension;
  readonly label: string;
  readonly onView?: (view: EditorView) => void;
}

export function CodeEditor({ text, extensions, label, onView }: CodeEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current!;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [extensions, EditorView.contentAttributes.of({ 'aria-label': label })],
      }),
    });
    onView?.(view);
    return () => view.destroy();
  }, []);
  return <div className="code-editor" ref={box} />;
}
