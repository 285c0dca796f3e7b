/** Sign-in: a name and a password become a session cookie. */
import { type FormEvent, useState } from 'react';
import { ask } from '../api.ts';

export function SignIn({ onDone }: { readonly onDone: () => void }) {
  const [error, setError] = useState('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = JSON.stringify({ username: form.get('username'), password: form.get('password') });
    try {
      await ask('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      onDone();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : 'the server does not answer');
    }
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <h1>
        <img src="/ui/windhover.svg" alt="" width="32" height="32" /> Windhover
      </h1>
      <label>
        User
        <input name="username" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {error && <p className="error">{error}</p>}
      <button type="submit">Sign in</button>
      <p className="hint">The first start printed a user, a password and a link that signs in.</p>
    </form>
  );
}
