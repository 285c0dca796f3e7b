/**
 * What a child process of a task sees of this machine: PATH with our own Node first, a home and a temporary folder of the
 * worker's, a language. Nothing of the server's environment: it holds passwords.
 */
import { dirname, join } from 'node:path';

export function environmentOf(host: {
  readonly path: string;
  readonly language: string;
  readonly node: string;
  readonly folder: string;
}): Readonly<Record<string, string>> {
  const ours = dirname(host.node);
  const others = host.path.split(':').filter((part) => part !== '' && part !== ours);
  return Object.freeze({
    PATH: [ours, ...others].join(':'),
    HOME: join(host.folder, 'home'),
    TMPDIR: join(host.folder, 'tmp'),
    LANG: host.language,
  });
}
