import type { AnswerHead } from '../../../isolate/realm/fetch-classes.ts';
import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';
import type { createCurlBody } from './curl-body.ts';
import type { CurlWords, createCurlReader } from './curl-words.ts';
import type { BashAnswer, RequestWhole } from './request.ts';
import type { BashCommand, BashContext, BashOutcome } from './tool-command.ts';

/**
 * Makes the command `curl` for jobs with a network, with the options that scripts use and curl's exit codes. Refusals
 * look as the proxy of a container reports them. just-bash's own `curl` needs browser classes and cannot read bytes.
 */
export function createCurlCommand(
  { split, join, slice, indexOf }: Intrinsics,
  fromBytes: (bytes: ArrayBufferView) => string,
  readWords: ReturnType<typeof createCurlReader>,
  readBody: ReturnType<typeof createCurlBody>,
  request: RequestWhole,
): BashCommand {
  const redirectsMax = 20;
  const statuses: Readonly<Record<string, number | undefined>> = {
    __proto__: null,
    ...{ refused: 403, failed: 502, cut: 504 },
  } as never;
  const encoder = new TextEncoder();

  /** The headers to send: given headers replace curl's defaults; one without a value removes the default. */
  const headersOf = ({ headers, options }: CurlWords, body: string | undefined, type: string): [string, string][] => {
    const said: Record<string, string | undefined> = { __proto__: null } as never;
    const names: Record<string, string> = { __proto__: null } as never;
    const set = (name: string, value: string | undefined): void => {
      names[name.toLowerCase()] = name;
      said[name.toLowerCase()] = value;
    };
    set('User-Agent', options['user-agent'] ?? 'curl');
    set('Accept', options.json === undefined ? '*/*' : 'application/json');
    if (options.referer !== undefined) set('Referer', options.referer);
    if (options.cookie !== undefined) set('Cookie', options.cookie);
    if (options.user !== undefined) {
      set('Authorization', `Basic ${btoa(fromBytes(encoder.encode(options.user)))}`);
    }
    if (type !== '') set('Content-Type', type);
    for (const header of headers) {
      const colon = indexOf(header, ':');
      const value = colon < 0 ? '' : slice(header, colon + 1).trim();
      const isEmpty = colon < 0 && slice(header, header.length - 1) === ';';
      const name = colon < 0 ? (isEmpty ? slice(header, 0, header.length - 1) : header) : slice(header, 0, colon);
      set(name.trim(), value === '' && !isEmpty ? undefined : value);
    }
    if (body !== undefined) set('Content-Length', `${body.length}`);
    const pairs: [string, string][] = [];
    for (const name in said) if (said[name] !== undefined) pairs.push([names[name] as string, said[name] as string]);
    return pairs;
  };
  const headText = ({ status, headers }: AnswerHead): string =>
    `HTTP/1.1 ${status} \r\n${join(
      headers.map(([name, value]) => `${name.toLowerCase()}: ${value}\r\n`),
      '',
    )}\r\n`;
  const writeOut = (format: string, { url, status, headers }: AnswerHead, size: number): string => {
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    const known: Record<string, string | undefined> = {
      __proto__: null,
      ...{ http_code: `${status}`.padStart(3, '0'), response_code: `${status}`.padStart(3, '0') },
      ...{ url_effective: url, content_type: type, size_download: `${size}` },
    } as never;
    const marks: Record<string, string> = { __proto__: null, n: '\n', t: '\t', r: '\r' } as never;
    return format
      .replace(/%\{(\w+)\}/gu, (whole, name: string) => known[name] ?? whole)
      .replace(/\\([ntr])/gu, (_whole, letter: string) => marks[letter] ?? '');
  };
  /** A proxy's answer to a request that it cannot carry out; impossible inside a TLS tunnel. */
  const refused = (url: string, { failure, head }: BashAnswer): BashAnswer | undefined => {
    if (failure === undefined || head !== undefined || /^https:/iu.test(url)) return undefined;
    const status = statuses[failure.outcome];
    if (status === undefined) return undefined;
    const headers: [string, string][] = [['Content-Type', 'text/plain; charset=utf-8']];
    return {
      head: { status, url, isRedirected: false, headers },
      bytes: fromBytes(encoder.encode(`${failure.message}\n`)),
      failure: undefined,
    };
  };

  /** Requests one URL; returns the text for stdout and the exit code. */
  const fetchOne = async (
    read: CurlWords,
    given: string,
    body: { readonly bytes: string; readonly type: string } | undefined,
    context: BashContext,
  ): Promise<{ readonly text: string; readonly code: number; readonly reason?: string }> => {
    const { options } = read;
    const url = /^[a-z][a-z0-9+.-]*:\/\//iu.test(given) ? given : `http://${given}`;
    const isUpload = options['upload-file'] !== undefined;
    const method =
      options.request ?? (options.head !== undefined ? 'HEAD' : isUpload ? 'PUT' : body === undefined ? 'GET' : 'POST');
    const hops = options['max-redirs'] === undefined ? redirectsMax : +options['max-redirs'];
    const redirects = options.location === undefined ? 0 : Math.max(Math.min(hops, redirectsMax) || 0, 0);
    const seconds = options['max-time'] === undefined ? undefined : +options['max-time'] || undefined;
    const headers = headersOf(read, body?.bytes, body?.type ?? '');
    const answer = await request({ method, url, headers, redirects }, body?.bytes, seconds, context.signal);
    const { head, bytes, failure } = refused(url, answer) ?? answer;
    if (failure !== undefined && head === undefined) {
      const status = statuses[failure.outcome];
      return failure.outcome === 'timeout'
        ? { text: '', code: 28, reason: failure.message }
        : { text: '', code: 56, reason: `CONNECT tunnel failed, response ${status ?? 502}: ${failure.message}` };
    }
    if (head === undefined) return { text: '', code: 52, reason: 'Empty reply from server' };
    const isFailed = options.fail !== undefined || options['fail-with-body'] !== undefined;
    const hasFailed = isFailed && head.status >= 400;
    const isHeadShown = options.include !== undefined || options.head !== undefined;
    const shown = hasFailed && options.fail !== undefined ? '' : bytes;
    const content = isHeadShown ? `${headText(head)}${shown}` : shown;
    const write = async (path: string, text: string): Promise<boolean> => {
      if (path === '-') return false;
      await context.fs.writeFile(context.fs.resolvePath(context.cwd, path), text, 'binary');
      return true;
    };
    let text = '';
    const dump = options['dump-header'];
    if (dump !== undefined && !(await write(dump, headText(head)))) text += headText(head);
    const named = options['remote-name'] === undefined ? undefined : split(split(url, '?')[0] ?? '', '/').at(-1);
    if (!(await write(options.output ?? named ?? '-', content))) text += content;
    if (options['write-out'] !== undefined) {
      text += fromBytes(encoder.encode(writeOut(options['write-out'], head, bytes.length)));
    }
    if (failure?.outcome === 'timeout') return { text, code: 28, reason: failure.message };
    if (failure !== undefined) return { text, code: 56, reason: `Recv failure: ${failure.message}` };
    return hasFailed
      ? { text, code: 22, reason: `The requested URL returned error: ${head.status}` }
      : { text, code: 0 };
  };
  return {
    name: 'curl',
    trusted: true,
    async execute(words, context): Promise<BashOutcome> {
      const read = readWords(words);
      const end = (exitCode: number, stdout: string, stderr: string): BashOutcome => {
        return { stdout, stderr, exitCode, stdoutKind: 'bytes' };
      };
      if (read.wrong !== undefined) return end(2, '', `curl: ${read.wrong}\n`);
      const isQuiet = read.options.silent !== undefined && read.options['show-error'] === undefined;
      let [stdout, stderr, exitCode] = ['', '', 0];
      try {
        const body = await readBody(read, context);
        for (const url of read.urls) {
          const { text, code, reason } = await fetchOne(read, url, body, context);
          stdout += text;
          exitCode = code;
          if (reason !== undefined && !isQuiet) stderr += `curl: (${code}) ${reason}\n`;
        }
        return end(exitCode, stdout, stderr);
      } catch (error) {
        const message = error instanceof Error ? error.message : 'it failed';
        return end(26, stdout, `${stderr}curl: (26) ${message}\n`);
      }
    },
  };
}
