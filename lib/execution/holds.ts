/** Whether a rendered condition holds: everything does but `false`, `0`, `-0` and an empty text. */
import { isFalse } from '../expression/render.ts';

export const holds = (rendered: unknown): boolean => !isFalse(String(rendered ?? '').trim());
