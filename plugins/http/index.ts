/** Requests over HTTP. */
import { definePlugin } from '@windhover/sdk';

export default definePlugin({ name: '@windhover/plugin-http', version: '0.1.0', title: 'HTTP', tasks: [] });
