/** What the package brings: its tasks, under one name and version. */
import { definePlugin } from '@windhover/sdk';
import { shout } from './shout.ts';

export default definePlugin({ name: '__NAME__', version: '0.1.0', title: '__NAME__', tasks: [shout] });
