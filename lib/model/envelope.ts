/** What is encrypted at rest, as it stands in inputs, outputs and letters; and the places that it is bound to (lib/secret/cipher.ts). */

/** Kestra's name for such a value; REST shows it as it is. */
export const ENVELOPE_TYPE = 'io.kestra.datatype:aes_encrypted';

export interface Envelope {
  readonly type: typeof ENVELOPE_TYPE;
  /** `<format>.<key id>.<base64 of nonce, text and tag>` */
  readonly value: string;
}

export const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' &&
  value !== null &&
  (value as Partial<Envelope>).type === ENVELOPE_TYPE &&
  typeof (value as Partial<Envelope>).value === 'string';

/** Where an input's secret stands. The first execution of a family names it, so that a replay reads what was given to that. */
export const inputPlace = (originalId: string, inputId: string): string => `${originalId}/${inputId}`;

/** Where a flow's typed output stands. */
export const outputPlace = (executionId: string, outputId: string): string => `${executionId}/outputs/${outputId}`;

/** Where an output of a task stands; a replay reads it, too. */
export const taskPlace = (originalId: string, taskId: string): string => `${originalId}/tasks/${taskId}`;

/** Where a named secret stands that a step has asked for. */
export const answerPlace = (executionId: string, key: string): string => `${executionId}/secrets/${key}`;

/** Where the inputs of a call stand, by the name of its letter. */
export const callPlace = (letterName: string): string => `${letterName}/inputs`;
