/** Random numbers, of the dice that the world gives. */
import type { ExpressionFunction } from '../callable.ts';
import { ValueError } from '../error.ts';
import { wholeOf } from '../filters/argument.ts';
import { random, type World } from '../world.ts';

const DRAW_BYTES = 6;
const DRAW_SIZE = 2 ** 48;
/** Ports that no service is registered for. */
const PORT_LEAST = 49_152;
const PORT_BEYOND = 65_536;

/** The upper end does not belong to it; where both are the same, it is that number. */
export const randomInt: ExpressionFunction = {
  parameters: ['lower', 'upper'],
  required: 2,
  call([lower, upper], { world }) {
    const [low, high] = [wholeOf(lower, 'lower'), wholeOf(upper, 'upper')];
    if (high < low) throw new ValueError(`expected an upper end of at least ${low}, got ${high}`);
    return between(low, high, world);
  },
};

export const randomPort: ExpressionFunction = {
  parameters: [],
  call: (_, { world }) => between(PORT_LEAST, PORT_BEYOND, world),
};

function between(low: number, high: number, world: World): number {
  const draw = Buffer.from(random(world, DRAW_BYTES)).readUIntBE(0, DRAW_BYTES);
  return low + Math.floor((draw / DRAW_SIZE) * (high - low));
}
