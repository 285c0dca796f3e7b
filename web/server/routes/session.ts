/** Signing in and out, who one is, and what a client asks before it signs in. */
import { Fault } from '../../../lib/errors.ts';
import { cookieOf, type Door } from '../auth/guard.ts';
import type { Keeper } from '../auth/keeper.ts';
import { jsonOf } from '../body.ts';
import type { Asked, Handlers } from './register.ts';

const LOGIN_BYTES_MAX = 16 * 1024;
const PAGE = '/ui/';
/** The dialect that clients choose by it: Kestra's 1.x paths and shapes are served. */
const REPORTED_VERSION = '1.3.0';

export interface SessionParts extends Door {
  readonly version: string;
  /** Names the installation. */
  readonly instance: string;
}

export function sessionHandlers({ keeper, cookie, version, instance }: SessionParts) {
  const open = async ({ context }: Asked, keeping: Keeper, user: string) => {
    const { secret, maxAgeMs } = await keeping.openSession(user);
    context.cookies.set(cookie, secret, { httpOnly: true, sameSite: 'lax', secure: context.secure, maxAge: maxAgeMs });
  };
  return {
    configs: (asked) =>
      asked.json({
        uuid: instance,
        version: REPORTED_VERSION,
        windhover: version,
        edition: 'OSS',
        isBasicAuthEnabled: keeper !== undefined,
        isBasicAuthInitialized: true,
        isTaskRunEnabled: false,
        isTemplateEnabled: false,
        isAnonymousUsageEnabled: false,
        isUiAnonymousUsageEnabled: false,
        isCustomDashboardsEnabled: false,
        isAiEnabled: false,
        systemNamespace: 'system',
        hiddenLabelsPrefixes: ['system.'],
        preview: { initial: 100, max: 5_000 },
      }),
    ping: (asked) => {
      asked.context.type = 'text/plain';
      asked.context.body = 'pong';
    },
    login: async (asked) => {
      const { username, password } = await jsonOf(asked.context.req, LOGIN_BYTES_MAX);
      if (typeof username !== 'string' || typeof password !== 'string')
        throw new Fault(
          'request.invalid',
          `expected { "username": …, "password": … } with two texts, got ${typeof username} and ${typeof password}`,
        );
      if (!keeper) return asked.json({ username: asked.user });
      const user = await keeper.signIn(username, password, asked.context.ip);
      if (user === undefined) throw new Fault('auth.required', 'expected a user and their password, got others');
      await open(asked, keeper, user);
      asked.json({ username: user });
    },
    useLink: async (asked) => {
      // Whoever only looks at the address (chats do) does not use it up.
      if (asked.context.method === 'HEAD') return asked.context.redirect(PAGE);
      const user = await keeper?.useLink(asked.params.secret!);
      // A person who follows an old link wants to come in: the page says what is wrong with it, and asks for the password.
      if (keeper && user === undefined && asked.context.req.headers['sec-fetch-mode'] === 'navigate')
        return asked.context.redirect(`${PAGE}?link=spent`);
      if (keeper && user === undefined)
        throw new Fault(
          'auth.required',
          'expected a link that has not been used, got one that was or is older than an hour',
        );
      if (keeper) await open(asked, keeper, user!);
      asked.context.redirect(PAGE);
    },
    logout: async (asked) => {
      const secret = cookieOf(asked.context.req.headers.cookie, cookie);
      if (secret !== undefined) await keeper?.closeSession(secret);
      asked.context.cookies.set(cookie, null);
      asked.context.status = 204;
    },
    me: (asked) => asked.json({ username: asked.user }),
  } satisfies Partial<Handlers>;
}
