import type { HeaderInjection } from '../contract/api/network.ts';

/** An `Authorization` scheme, which is not secret, and the credentials after it. */
const credentialsPattern = /^(?:basic|bearer|token|apikey|api-key|bot|negotiate)[ \t]+(.+)$/i;

/**
 * The secrets of injected headers for a job's redactor: name → value. Named `header@host`, because they have no other
 * names.
 */
export function injectedSecrets(inject: readonly HeaderInjection[]): Record<string, string> {
  return Object.fromEntries(
    inject.flatMap(({ host, header, secret }): [string, string][] => {
      const name = `${header.toLowerCase()}@${host}`;
      const [, credentials] = credentialsPattern.exec(secret) ?? [];
      if (credentials === undefined) return [[name, secret]];
      if (!/^basic/i.test(secret)) return [[name, credentials]];
      // Servers may show the decoded pair, or only its password.
      const decoded = Buffer.from(credentials, 'base64').toString();
      return [
        [name, credentials],
        [`decoded-${name}`, decoded],
        [`password-${name}`, decoded.slice(decoded.indexOf(':') + 1)],
      ];
    }),
  );
}
