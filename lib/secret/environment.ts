/** Secrets that the environment of a worker holds, as in Kestra: `SECRET_<NAME>`, in base64 that may be broken into lines. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export interface EnvironmentSecrets {
  /** In clear, by their names in capitals. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names of those that are no base64. */
  readonly unreadable: readonly string[];
}

export function decodedSecrets(written: Readonly<Record<string, string>>): EnvironmentSecrets {
  const secrets: [string, string][] = [];
  const unreadable: string[] = [];
  for (const [name, value] of Object.entries(written)) {
    const text = value.replace(/\s+/g, '');
    if (BASE64.test(text) && text.replace(/=+$/, '').length % 4 !== 1)
      secrets.push([name, Buffer.from(text, 'base64').toString('utf8')]);
    else unreadable.push(name);
  }
  return { secrets: Object.fromEntries(secrets), unreadable };
}
