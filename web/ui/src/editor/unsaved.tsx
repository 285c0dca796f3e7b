/** What the editor says of text that is not saved: whether to leave it, and that there is a draft of before. */

import type { Leaving } from '../navigation.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { shortDateText } from '../time.ts';
import type { Offer } from './drafts.ts';

export function LeaveDialog({ leaving }: { readonly leaving?: Leaving }) {
  if (!leaving) return null;
  return (
    <ConfirmDialog
      title="Leave without saving?"
      action="Leave"
      refuse="Stay here"
      danger={false}
      act={async () => leaving.leave()}
      onClose={leaving.stay}
    >
      <p>What you wrote stays in this browser as a draft: the editor offers it when you come back.</p>
    </ConfirmDialog>
  );
}

interface DraftOfferProps {
  readonly offer: Offer;
  /** The newest one; 0: none. */
  readonly revision: number;
  readonly onTake: (text: string) => void;
}

export function DraftOffer({ offer: { draft, settle }, revision, onTake }: DraftOfferProps) {
  if (!draft) return null;
  const newer = revision > draft.revision && draft.revision > 0;
  return (
    <div className="waiting draft" role="status">
      You left a draft here, written {shortDateText(new Date(draft.atMs).toISOString(), Date.now())} and not saved
      {newer && `; it began from revision ${draft.revision}, and ${revision} is the newest now`}.
      <button
        type="button"
        onClick={() => {
          settle();
          onTake(draft.text);
        }}
      >
        Take it up
      </button>
      <button type="button" onClick={settle}>
        Throw it away
      </button>
    </div>
  );
}
