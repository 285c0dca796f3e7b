/** URI: a scheme, and what that scheme allows: `https://…`, `kestra:///…`, `mailto:…`. */
import { expectedType, type InputKind } from './kind.ts';

/** A single slash behind the scheme is a slip for two. */
const ADDRESS = /^[a-zA-Z][a-zA-Z0-9+.-]*:(?:\/\/|(?!\/))[^\s"<>\\^`{|}]+$/;
const CHARS_MAX = 8_192;

export const uri: InputKind = {
  javaClass: 'URIInput',
  options: {},
  cast: (value) =>
    typeof value === 'string' && value.length <= CHARS_MAX && ADDRESS.test(value)
      ? { value }
      : expectedType('URI', 'an address with its scheme, such as https://example.com', value),
};
