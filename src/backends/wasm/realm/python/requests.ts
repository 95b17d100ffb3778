import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';
import type { RequestQueue, SentRequest } from '../../../isolate/realm/requests.ts';
import type { HostSteps } from '../host-steps.ts';
import type { Interrupts } from '../interrupts.ts';

/** The functions with which a Python guest makes requests; see `sandbox-images/wasm/python/network.py`. */
export interface PythonRequests {
  /** Sends a request, a `NetworkRequestHead` as JSON, with a body of one character per byte; returns its number. */
  request(head: string, body: string | undefined): number;
  /**
   * Waits up to `ms` milliseconds, without limit if that is negative, for the next part of an exchange: `o` and the
   * head of the answer, `d` and bytes of its body, `e` at its end, `r` and the reason if it failed; `undefined` if
   * nothing arrived, '' at an interrupt.
   */
  hear(number: number, ms: number): string | undefined;
  /** Cancels a request. */
  drop(number: number): void;
}

/**
 * Makes the functions. The buffered part of an answer is limited: the host gets credit only for bytes that the guest
 * has taken.
 */
export function createPythonRequests(
  { now }: Intrinsics,
  toBytes: (text: string) => Uint8Array,
  steps: HostSteps,
  interrupts: Interrupts,
  queue: () => RequestQueue | undefined,
): PythonRequests {
  interface Arrival {
    readonly text: string;
    next: Arrival | undefined;
  }
  interface Exchange {
    sent: SentRequest | undefined;
    first: Arrival | undefined;
    last: Arrival | undefined;
  }
  const exchanges: Record<number, Exchange | undefined> = { __proto__: null } as never;
  let lastNumber = 0;
  const shift = (exchange: Exchange, requests: RequestQueue): string | undefined => {
    const { sent, first } = exchange;
    exchange.first = first?.next;
    if (exchange.first === undefined) exchange.last = undefined;
    if (first !== undefined && sent !== undefined && first.text[0] === 'd') requests.took(sent, first.text.length - 1);
    return first?.text;
  };
  return {
    request(head, body) {
      const requests = queue();
      if (requests === undefined) throw new Error('This job has no network.');
      const exchange: Exchange = { sent: undefined, first: undefined, last: undefined };
      const push = (text: string): void => {
        const arrival: Arrival = { text, next: undefined };
        if (exchange.last === undefined) exchange.first = arrival;
        else exchange.last.next = arrival;
        exchange.last = arrival;
      };
      lastNumber += 1;
      exchanges[lastNumber] = exchange;
      exchange.sent = requests.send(`${head}`, typeof body === 'string' ? toBytes(body) : undefined, {
        opened: (text) => push(`o${text}`),
        data: (bytes) => push(`d${bytes}`),
        over: (failure) => push(failure === undefined ? 'e' : `r${failure}`),
        forgotten: () => push('r{"outcome":"cut","message":"The call that made this request has ended."}'),
      });
      return lastNumber;
    },
    hear(number, ms) {
      const requests = queue();
      const exchange = exchanges[+number];
      if (requests === undefined || exchange === undefined) return undefined;
      for (const startedAt = now(); exchange.first === undefined; ) {
        const left = ms < 0 ? -1 : ms - (now() - startedAt);
        if (ms >= 0 && left <= 0) break;
        if (interrupts.pending()) return '';
        steps.next(left);
      }
      return shift(exchange, requests);
    },
    drop(number) {
      const sent = exchanges[+number]?.sent;
      delete exchanges[+number];
      if (sent !== undefined) queue()?.cancel(sent);
    },
  };
}
