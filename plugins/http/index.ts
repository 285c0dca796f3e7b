/** Requests over HTTP. */
import { definePlugin } from '@windhover/sdk';
import { download } from './download.ts';
import { request } from './request.ts';

export default definePlugin({
  name: '@windhover/plugin-http',
  version: '0.1.0',
  title: 'HTTP',
  tasks: [request, download],
});
