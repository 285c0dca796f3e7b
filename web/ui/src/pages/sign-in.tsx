/** Sign-in: a name and a password become a session cookie. */
import { type FormEvent, useState } from 'react';
import { ApiError, sentenceOf, signIn } from '../api.ts';
import { go, useTitle } from '../navigation.ts';
import { paths } from '../route.ts';

const SPENT = 'That link was used before, or is older than an hour. Each start of the server prints another.';
/** The server leads here with it: an address that signs in does so once. */
const linkWasSpent = (): boolean => new URLSearchParams(location.search).get('link') === 'spent';

export function SignIn({ onDone }: { readonly onDone: () => void }) {
  useTitle('Sign in');
  const [error, setError] = useState(linkWasSpent() ? SPENT : '');
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await signIn(String(form.get('username')), String(form.get('password')));
      if (linkWasSpent()) go(paths.start, true);
      onDone();
    } catch (failure) {
      const wrong = failure instanceof ApiError && failure.status === 401;
      setError(wrong ? 'There is no such user, or the password is another.' : sentenceOf(failure));
      setBusy(false);
    }
  };
  return (
    <main>
      <form className="sign-in" onSubmit={submit}>
        <h1>
          <img src="/ui/windhover.svg" alt="" width="32" height="32" /> Windhover
        </h1>
        <label>
          User
          {/* biome-ignore lint/a11y/noAutofocus: there is nothing else to do here */}
          <input name="username" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        {error && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" disabled={busy}>
          Sign in
        </button>
        <p className="hint">
          The first start of the server printed a user and a password, each start a link that signs in.
        </p>
      </form>
    </main>
  );
}
