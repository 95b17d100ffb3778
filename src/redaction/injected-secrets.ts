import type { HeaderInjection } from '../contract/api/network.ts';

/** Schemes of `Authorization` that are no secret themselves, and what comes behind them. */
const credentialsPattern = /^(?:basic|bearer|token|apikey|api-key|bot|negotiate)[ \t]+(.+)$/i;

/**
 * The secrets of injected headers as the redactor of a job wants them: name → value. The names are `header@host`, because
 * they have no others.
 */
export function injectedSecrets(inject: readonly HeaderInjection[]): Record<string, string> {
  return Object.fromEntries(
    inject.flatMap(({ host, header, secret }): [string, string][] => {
      const name = `${header.toLowerCase()}@${host}`;
      const [, credentials] = credentialsPattern.exec(secret) ?? [];
      if (credentials === undefined) return [[name, secret]];
      if (!/^basic/i.test(secret)) return [[name, credentials]];
      // Servers show what they decoded: the two together, and the password alone.
      const decoded = Buffer.from(credentials, 'base64').toString();
      return [
        [name, credentials],
        [`decoded-${name}`, decoded],
        [`password-${name}`, decoded.slice(decoded.indexOf(':') + 1)],
      ];
    }),
  );
}
