/** Signing in and out, who one is, and what a client asks before it signs in. */
import type { Principal } from '../../../lib/bus/credentials.ts';
import { Fault } from '../../../lib/errors.ts';
import { ANONYMOUS, cookieOf, type Door } from '../auth/guard.ts';
import type { Keeper } from '../auth/keeper.ts';
import { jsonOf } from '../body.ts';
import { PREVIEW_ROWS, PREVIEW_ROWS_MAX } from './previews.ts';
import type { Asked, Handlers } from './register.ts';
import { SYSTEM_NAMESPACE } from './terms.ts';

const LOGIN_BYTES_MAX = 16 * 1024;
const PAGE = '/ui/';
/** The dialect that clients choose by it: Kestra's 1.x paths and shapes are served. */
const REPORTED_VERSION = '1.3.0';

/** The page of such a client shows charts of this long. */
const CHART_DURATION = 'P30D';

export interface SessionParts extends Door {
  readonly version: string;
  /** Changes with what flows may be made of. */
  readonly pluginsHash: number;
  /** Names the installation. */
  readonly instance: string;
}

export function sessionHandlers({ keeper, cookie, version, pluginsHash, instance }: SessionParts) {
  const open = async ({ context }: Asked, keeping: Keeper, principal: Principal) => {
    const session = await keeping.openSession(principal);
    if (!session) throw new Fault('auth.required', 'expected a user, got one that was just removed');
    const { secret, maxAgeMs } = session;
    context.cookies.set(cookie, secret, { httpOnly: true, sameSite: 'lax', secure: context.secure, maxAge: maxAgeMs });
  };
  return {
    configs: (asked) => asked.json(configsBody({ version, pluginsHash, instance, isAuthOn: keeper !== undefined })),
    loginConfigs: (asked) =>
      asked.json({ isBasicAuthEnabled: keeper !== undefined, isBasicAuthInitialized: true, version: REPORTED_VERSION }),
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
      if (!keeper) return asked.json({ username: ANONYMOUS.user });
      const principal = await keeper.signIn(username, password, asked.context.ip);
      if (!principal) throw new Fault('auth.required', 'expected a user and their password, got others');
      await open(asked, keeper, principal);
      asked.json({ username: principal.user });
    },
    useLink: async (asked) => {
      // Whoever only looks at the address (chats do) does not use it up.
      if (asked.context.method === 'HEAD') return asked.context.redirect(PAGE);
      const principal = await keeper?.useLink(asked.params.secret!);
      // A person who follows an old link wants to come in: the page says what is wrong with it, and asks for the password.
      if (keeper && !principal && asked.context.req.headers['sec-fetch-mode'] === 'navigate')
        return asked.context.redirect(`${PAGE}?link=spent`);
      if (keeper && !principal)
        throw new Fault(
          'auth.required',
          'expected a link that has not been used, got one that was or is older than an hour',
        );
      if (keeper) await open(asked, keeper, principal!);
      asked.context.redirect(PAGE);
    },
    logout: async (asked) => {
      const secret = cookieOf(asked.context.req.headers.cookie, cookie);
      if (secret !== undefined) await keeper?.closeSession(secret);
      asked.context.cookies.set(cookie, null);
      asked.context.status = 204;
    },
    me: ({ json, user, scope }) => json({ username: user, scope }),
  } satisfies Partial<Handlers>;
}

function configsBody({
  version,
  pluginsHash,
  instance,
  isAuthOn,
}: Pick<SessionParts, 'version' | 'pluginsHash' | 'instance'> & { readonly isAuthOn: boolean }): object {
  return {
    uuid: instance,
    version: REPORTED_VERSION,
    windhover: version,
    edition: 'OSS',
    chartDefaultDuration: CHART_DURATION,
    isBasicAuthEnabled: isAuthOn,
    isBasicAuthInitialized: true,
    isTaskRunEnabled: false,
    isTemplateEnabled: false,
    isAnonymousUsageEnabled: false,
    isUiAnonymousUsageEnabled: false,
    isCustomDashboardsEnabled: false,
    isConcurrencyViewEnabled: false,
    isAiEnabled: false,
    isAiApiKeyConfigured: false,
    systemNamespace: SYSTEM_NAMESPACE,
    hiddenLabelsPrefixes: ['system.'],
    preview: { initial: PREVIEW_ROWS, max: PREVIEW_ROWS_MAX },
    pluginsHash,
  };
}
