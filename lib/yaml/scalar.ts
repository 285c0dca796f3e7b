/**
 * What a YAML scalar is, as Kestra's parser (Jackson over SnakeYAML, YAML 1.1) decides it. Texts stay texts where that
 * parser keeps them: dates, sexagesimal numbers, `y` and `n`. Whole numbers beyond 2^53 stay texts too, because their
 * digits matter more than their type.
 */
const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const TRUE = /^(?:yes|true|on)$/i;
const NULL = /^(?:~|null|Null|NULL)$/;
const INTEGER = /^[-+]?(?:0b[01][01_]*|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$/;
const FLOAT =
  /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?)$/;
const NOT_A_NUMBER = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Only such a character can begin a scalar that is no text: most texts are done after one look. */
const SPECIAL = /^[-+.0-9~nNtTfFyYoO]/;

export type Scalar = string | number | boolean | null;

/** A plain scalar; undefined where Kestra refuses it (an infinite number, or none). */
export function plainScalar(text: string): Scalar | undefined {
  if (!SPECIAL.test(text)) return text;
  if (BOOLEAN.test(text)) return TRUE.test(text);
  if (NULL.test(text)) return null;
  if (INTEGER.test(text)) return integerOf(text);
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  return NOT_A_NUMBER.test(text) ? undefined : text;
}

/** Whether a plain scalar is a number with a fraction or an exponent, be it whole: `1.0`, `1e3`. */
export const isFloat = (text: string): boolean => FLOAT.test(text);

/** A scalar with a tag; undefined where the tag is unknown or does not fit. A tag of the author's own changes nothing. */
export function taggedScalar(tag: string, text: string): Scalar | undefined {
  if (!tag.startsWith('tag:yaml.org,2002:')) return text;
  switch (tag.slice('tag:yaml.org,2002:'.length)) {
    case 'str':
      return text;
    case 'int':
      return INTEGER.test(text) ? integerOf(text) : undefined;
    case 'float':
      return FLOAT.test(text) || INTEGER.test(text) ? Number(text.replaceAll('_', '')) : undefined;
    case 'bool':
      return BOOLEAN.test(text) ? TRUE.test(text) : undefined;
    case 'null':
      return text === '' || NULL.test(text) ? null : undefined;
    default:
      return undefined;
  }
}

function integerOf(text: string): number | string {
  const negative = text.startsWith('-');
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(digits);
  const size = Number(octal ? `0o${digits}` : digits);
  if (Number.isNaN(size) || !Number.isSafeInteger(size)) return text;
  return negative && size !== 0 ? -size : size;
}
