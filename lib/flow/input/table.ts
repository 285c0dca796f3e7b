/** The types of inputs, by their names in flows. */
import { array } from './array.ts';
import { boolean } from './boolean.ts';
import { date } from './date.ts';
import { datetime } from './datetime.ts';
import { duration } from './duration.ts';
import { email } from './email.ts';
import { file } from './file.ts';
import { float } from './float.ts';
import { form } from './form.ts';
import { int } from './int.ts';
import { json } from './json.ts';
import type { InputKind } from './kind.ts';
import { multiselect } from './multiselect.ts';
import { secret } from './secret.ts';
import { enumeration, select } from './select.ts';
import { string } from './string.ts';
import { time } from './time.ts';
import { uri } from './uri.ts';
import { yaml } from './yaml.ts';

export const INPUT_KINDS: Readonly<Record<string, InputKind>> = {
  ARRAY: array,
  BOOL: boolean('BoolInput'),
  BOOLEAN: boolean('BooleanInput'),
  DATE: date,
  DATETIME: datetime,
  DURATION: duration,
  EMAIL: email,
  ENUM: enumeration,
  FILE: file,
  FLOAT: float,
  FORM: form,
  INT: int,
  JSON: json,
  MULTISELECT: multiselect,
  SECRET: secret,
  SELECT: select,
  STRING: string,
  TIME: time,
  URI: uri,
  YAML: yaml,
};

export const inputKind = (type: string): InputKind | undefined =>
  Object.hasOwn(INPUT_KINDS, type) ? INPUT_KINDS[type] : undefined;
