import type { ByteText } from '../../../isolate/realm/encoding.ts';
import type { AnswerHead } from '../../../isolate/realm/fetch-classes.ts';
import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';
import type { RequestQueue } from '../../../isolate/realm/requests.ts';

/** The outcome of a request: its answer, and the reason if the answer is incomplete. One character per byte. */
export interface BashAnswer {
  readonly head: AnswerHead | undefined;
  readonly bytes: string;
  readonly failure: { readonly outcome: string; readonly message: string } | undefined;
}

/** Makes one request and reads the whole answer; gives up after `seconds`, or when `signal` is aborted. */
export type RequestWhole = (
  head: object,
  body: string | undefined,
  seconds: number | undefined,
  signal: AbortSignal | undefined,
) => Promise<BashAnswer>;

export function createRequestWhole(
  { parse, stringify, join }: Intrinsics,
  { toBytes }: ByteText,
  queue: () => RequestQueue | undefined,
): RequestWhole {
  return (head, body, seconds, signal) =>
    new Promise((resolve, reject) => {
      const requests = queue();
      if (requests === undefined) throw new Error('This job has no network.');
      let answered: AnswerHead | undefined;
      const pieces: string[] = [];
      let timer: unknown;
      const end = (failure: BashAnswer['failure']): void => {
        clearTimeout(timer as never);
        signal?.removeEventListener('abort', giveUp);
        resolve({ head: answered, bytes: join(pieces, ''), failure });
      };
      const giveUp = (): void => {
        requests.cancel(sent);
        end({ outcome: 'timeout', message: 'Operation timed out' });
      };
      const wanted = stringify({ ...head, hasBody: body !== undefined }) ?? '';
      const sent = requests.send(wanted, body === undefined ? undefined : toBytes(body), {
        opened(text) {
          answered = parse(text) as AnswerHead;
        },
        data(bytes) {
          try {
            pieces.push(bytes);
          } catch (error) {
            reject(error);
          }
          requests.took(sent, bytes.length);
        },
        over: (failure) => end(failure === undefined ? undefined : (parse(failure) as BashAnswer['failure'])),
      });
      if (seconds !== undefined) timer = setTimeout(giveUp, seconds * 1_000);
      signal?.addEventListener('abort', giveUp);
    });
}
