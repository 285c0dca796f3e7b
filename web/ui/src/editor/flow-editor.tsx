/**
 * The source of a flow, to be edited: what is wrong stands at its line and in the list below, what may be written is offered,
 * and beside it stands the documentation of the type at the cursor, or the graph as it would be.
 */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { createFlow, deleteFlow, updateFlow } from '../api/flows.ts';
import { type FlowView, whoAmI } from '../api.ts';
import { go, leaveFreely, useUnsaved } from '../navigation.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { useAct } from '../parts/use-act.ts';
import { paths } from '../route.ts';
import { useAsk } from '../use-ask.ts';
import { CodeEditor } from './code-editor.tsx';
import { useDraft } from './drafts.ts';
import './editor.css';
import { ProblemList } from './problem-list.tsx';
import { editing } from './setup.ts';
import { Side } from './side.tsx';
import { DraftOffer, LeaveDialog } from './unsaved.tsx';
import { type FlowProblem, rangeOf, validation } from './validation.ts';

interface FlowEditorProps {
  /** Absent: a new one. */
  readonly flow?: FlowView;
  /** What a new one begins with. */
  readonly template?: string;
  readonly onSaved?: () => void;
}

export default function FlowEditor({ flow, template = '', onSaved }: FlowEditorProps) {
  const first = flow?.source ?? template;
  const [saved, setSaved] = useState<Saved>({ source: first, revision: flow?.revision ?? 0 });
  const [{ text, offset }, setNow] = useState({ text: first, offset: 0 });
  const [problems, setProblems] = useState<readonly FlowProblem[] | undefined>([]);
  const acting = useAct();
  const view = useRef<EditorView>(undefined);
  const changed = text !== saved.source;
  const overtaken = useOthers(flow, { saved, setSaved, text, view });
  const leaving = useUnsaved(changed && !acting.busy);
  const me = useAsk('me', whoAmI).value?.username;
  const name = me === undefined ? undefined : `${me}.${flow ? `${flow.namespace}/${flow.id}` : 'new'}`;
  const offer = useDraft({ name, text, saved: saved.source, revision: saved.revision });
  const save = () => {
    const source = view.current?.state.doc.toString() ?? '';
    void acting.act(async () => {
      const done = flow ? await updateFlow(flow.namespace, flow.id, source) : await createFlow(source);
      setSaved({ source, revision: done.revision });
      offer.forget();
      onSaved?.();
      if (!flow) go(paths.flow(done.namespace, done.id, { tab: 'edit' }));
    });
  };
  const extensions = useExtensions(save, setProblems, setNow);
  return (
    <div className="flow-editor">
      <Tools {...{ flow, changed, save }} revision={saved.revision} busy={acting.busy} onDeleted={offer.forget} />
      <Refusal text={acting.error} />
      {overtaken && (
        <p className="waiting" role="status">
          Somebody has saved revision {flow?.revision} meanwhile. Saving yours makes another one; Revisions shows what
          differs.
        </p>
      )}
      <DraftOffer
        offer={offer}
        revision={saved.revision}
        onTake={(draft) => {
          if (view.current) write(view.current, draft);
          view.current?.focus();
        }}
      />
      <LeaveDialog leaving={leaving} />
      <div className="editor-columns">
        <div>
          <CodeEditor
            text={first}
            extensions={extensions}
            label="Source of the flow"
            onView={(made) => {
              view.current = made;
            }}
          />
          <ProblemList problems={problems} onShow={(problem) => view.current && showPlace(view.current, problem)} />
          <p className="hint">
            Ctrl+Space offers what may stand here, F8 goes to the next mistake, Ctrl+S saves. Esc, then Tab leaves the
            editor.
          </p>
        </div>
        <Side text={text} offset={offset} isValid={problems?.every(({ severity }) => severity !== 'error') ?? false} />
      </div>
    </div>
  );
}

interface Saved {
  readonly source: string;
  /** 0: never. */
  readonly revision: number;
}

interface Written {
  readonly saved: Saved;
  readonly setSaved: (saved: Saved) => void;
  readonly text: string;
  readonly view: RefObject<EditorView | undefined>;
}

/**
 * What others save is taken over where nobody writes; what a person writes is never overwritten: it is told, by true, that there
 * is something newer.
 */
function useOthers(flow: FlowView | undefined, { saved, setSaved, text, view }: Written): boolean {
  const { source = '', revision = 0 } = flow ?? {};
  const isNewer = revision > saved.revision;
  const takes = isNewer && text === saved.source;
  useEffect(() => {
    if (!takes) return;
    setSaved({ source, revision });
    if (view.current) write(view.current, source);
  }, [takes, source, revision]);
  return isNewer && !takes && source !== text;
}

interface Now {
  readonly text: string;
  /** Of the cursor. */
  readonly offset: number;
}

/** The editor lives longer than one drawing: it calls what `save` is then. */
function useExtensions(
  save: () => void,
  onProblems: (problems: readonly FlowProblem[] | undefined) => void,
  onNow: (now: Now) => void,
): Extension {
  const current = useRef(save);
  current.current = save;
  return useMemo(
    () => [
      editing(() => current.current()),
      validation(onProblems),
      EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
        if (docChanged || selectionSet) onNow({ text: state.doc.toString(), offset: state.selection.main.head });
      }),
    ],
    [],
  );
}

/** In the place of all that stands there. */
const write = (view: EditorView, text: string): void =>
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });

function showPlace(view: EditorView, problem: FlowProblem): void {
  view.dispatch({ selection: { anchor: rangeOf(problem, view.state.doc).from }, scrollIntoView: true });
  view.focus();
}

interface ToolsProps {
  readonly flow?: FlowView;
  readonly revision: number;
  readonly changed: boolean;
  readonly busy: boolean;
  readonly save: () => void;
  readonly onDeleted: () => void;
}

function Tools({ flow, revision, changed, busy, save, onDeleted }: ToolsProps) {
  const [removing, setRemoving] = useState(false);
  return (
    <div className="tools">
      <button type="button" className="main" disabled={busy || (!changed && flow !== undefined)} onClick={save}>
        {flow ? 'Save' : 'Create'}
      </button>
      <span className="quiet" role="status">
        {statusOf(changed, revision)}
      </span>
      <span className="space" />
      {flow && (
        <button type="button" className="danger" onClick={() => setRemoving(true)}>
          Delete…
        </button>
      )}
      {removing && flow && (
        <ConfirmDialog
          title={`Delete ${flow.namespace}.${flow.id}?`}
          action="Delete it"
          act={async () => {
            await deleteFlow(flow.namespace, flow.id);
            onDeleted();
            leaveFreely();
            go(paths.flows);
          }}
          onClose={() => setRemoving(false)}
        >
          <p>Nothing starts it any more. Its executions stay, and its revisions are kept.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function statusOf(changed: boolean, revision: number): string {
  if (revision === 0) return 'Not saved yet';
  return changed ? 'Changed, not saved' : `Saved as revision ${revision}`;
}
