/**
 * Hides secrets in text: as they are, line by line, as JSON escapes them, in base64 wherever they begin in it, and as addresses
 * and forms encode them. What is shorter than four characters would hide half of every text, and is left.
 */
export const HIDDEN = '******';
const SECRET_CHARS_MIN = 4;
/** A shorter core of a base64 text could stand anywhere. */
const CORE_CHARS_MIN = 8;

export type Mask = (text: string) => string;

/** Undefined where there is nothing to hide. */
export function maskOf(secrets: Iterable<string>): Mask | undefined {
  const forms = new Set<string>();
  for (const secret of secrets)
    for (const form of formsOf(secret)) if (form.length >= SECRET_CHARS_MIN) forms.add(form);
  if (forms.size === 0) return undefined;
  // The longest first: where one secret holds another, no rest of it is left.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escaped).join('|'), 'g');
  return (text) => text.replace(pattern, HIDDEN);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function formsOf(secret: string): readonly string[] {
  const plain = [secret, secret.trim(), ...secret.split(/\r?\n/).map((line) => line.trim())];
  return plain.filter(({ length }) => length >= SECRET_CHARS_MIN).flatMap(encodings);
}

function encodings(text: string): readonly string[] {
  const address = encodeURIComponent(text.toWellFormed());
  const form = address.replaceAll('%20', '+');
  const json = JSON.stringify(text).slice(1, -1);
  return [
    ...[text, json, JSON.stringify(json).slice(1, -1)],
    ...[address, form, lowered(address), lowered(form)],
    ...base64(Buffer.from(text)),
  ];
}

const lowered = (address: string): string => address.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

/** Whole, and what is the same of it behind one or two other bytes, whatever follows. */
function base64(bytes: Buffer): readonly string[] {
  const forms: string[] = [];
  for (const alphabet of ['base64', 'base64url'] as const) {
    forms.push(bytes.toString('base64').replace(/=+$/, ''), bytes.toString(alphabet).replace(/=+$/, ''));
    for (const before of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(alphabet)
        .replace(/=+$/, '');
      const whole = Math.floor(((before + bytes.length) * 8) / 6);
      const core = text.slice(Math.ceil((before * 8) / 6), whole);
      if (core.length >= CORE_CHARS_MIN) forms.push(core);
    }
  }
  return forms;
}
