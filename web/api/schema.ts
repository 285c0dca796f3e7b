/** How the contract writes its shapes: zod, read-only, strict where the shape is ours to the last property. */
import { z } from 'zod';

type Shape = z.core.$ZodShape;

/** These properties and no others. */
export const shape = <T extends Shape>(properties: T) => z.strictObject(properties).readonly();
/** At least these. */
export const open = <T extends Shape>(properties: T) => z.looseObject(properties).readonly();
export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
export const map = <T extends z.ZodType>(value: T) => z.record(z.string(), value).readonly();

export const text = z.string();
export const flag = z.boolean();
export const whole = z.int().min(0);
export const anything = z.unknown();
/** Whatever it holds. */
export const object = map(anything);
export const time = z.iso.datetime().describe('ISO-8601, in UTC');
/** Kestra's clients send flows and ids of many kinds: `name` says what stands there. */
export const named = <T extends z.ZodType>(id: string, schema: T): T => schema.meta({ id });
