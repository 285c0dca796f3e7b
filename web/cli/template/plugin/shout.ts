/** A task: its type, what it takes, what it gives, and what it does. */
import { defineTask } from '@windhover/sdk';
import { z } from 'zod';

export const shout = defineTask({
  type: 'com.example.__PACKAGE__.Shout',
  title: 'Says a text in capitals',
  description: 'Writes the text into the log, in capitals, and gives it back.',
  examples: [
    {
      title: 'Say hello, loudly',
      code: 'id: loud\ntype: com.example.__PACKAGE__.Shout\ntext: hello, {{ inputs.name }}\n',
    },
  ],
  properties: z.strictObject({
    text: z.string().describe('What is said. Expressions in it are rendered before the task sees it.'),
    times: z.int().min(1).max(10).default(1).describe('How often.'),
  }),
  outputs: z.object({ value: z.string().describe('What was said.') }),
  run: (context, { text, times }) => {
    const value = Array.from({ length: times }, () => text.toUpperCase()).join(' ');
    context.log.info(value);
    return { value };
  },
});
