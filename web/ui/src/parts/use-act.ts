/** Something that is asked of the server by a button: whether it is on its way, and in a sentence why it was refused. */
import { useCallback, useState } from 'react';
import { sentenceOf } from '../api.ts';

export interface Acting {
  readonly busy: boolean;
  /** Empty: nothing was refused. */
  readonly error: string;
  readonly act: (what: () => Promise<unknown>) => Promise<void>;
}

export function useAct(): Acting {
  const [{ busy, error }, set] = useState({ busy: false, error: '' });
  const act = useCallback(async (what: () => Promise<unknown>) => {
    set({ busy: true, error: '' });
    try {
      await what();
      set({ busy: false, error: '' });
    } catch (failure) {
      set({ busy: false, error: sentenceOf(failure) });
    }
  }, []);
  return { busy, error, act };
}
