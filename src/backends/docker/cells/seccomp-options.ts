import type { ConditionalCall } from './seccomp-calls.ts';

/** The kernel reads these arguments as 32 bits, and leaves out what a guest puts above them. */
const wholeNumber = 0xffff_ffff;

const [setsockoptLevel, setsockoptName, prctlName] = [1, 2, 0];
/** Levels of setsockopt in sys/socket.h and netinet/in.h. */
const levels = { ip: 0, socket: 1, tcp: 6, udp: 17, ipv6: 41 } as const;

/**
 * Names of asm-generic/socket.h, linux/tcp.h and linux/udp.h. Left out are filters (each is a program in memory that all
 * containers share), what asks for buffers of another size, what only root may set, and protocols on top of a connection.
 */
const socketNames = {
  socket: [
    // REUSEADDR, DONTROUTE, BROADCAST, KEEPALIVE to LINGER, REUSEPORT, PASSCRED
    ...[2, 5, 6, 9, 10, 11, 12, 13, 15, 16],
    // RCVLOWAT to SNDTIMEO, BINDTODEVICE, TIMESTAMP, PASSSEC, TIMESTAMPNS, TIMESTAMPING, RXQ_OVFL, PEEK_OFF
    ...[18, 19, 20, 21, 25, 29, 34, 35, 37, 40, 42],
    // TIMESTAMP_NEW to SNDTIMEO_NEW, PASSPIDFD
    ...[63, 64, 65, 66, 67, 76],
  ],
  // NODELAY to WINDOW_CLAMP, QUICKACK, THIN_LINEAR_TIMEOUTS, THIN_DUPACK, USER_TIMEOUT, FASTOPEN, NOTSENT_LOWAT, FASTOPEN_CONNECT, INQ
  tcp: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 17, 18, 23, 25, 30, 36],
  // CORK, SEGMENT, GRO
  udp: [1, 103, 104],
} as const;

/** `SO_SNDBUF` and `SO_RCVBUF`. */
const bufferSizes = [7, 8] as const;

/**
 * Names of linux/prctl.h. Left out is what makes filters, names memory, moves parts of a process or groups processes on
 * a processor.
 */
const processNames: readonly number[] = [
  // Signal at the parent's death, dumpable, capabilities kept, name, the filter's kind, bounding set, securebits
  ...[1, 2, 3, 4, 7, 8, 15, 16, 21, 23, 27],
  // Slack of timers, adopted children, no new privileges, large pages, ambient capabilities, speculation
  ...[29, 30, 36, 37, 38, 39, 41, 42, 47, 52, 53],
  // Of arm64: vectors, keys of pointers, tags. Of both: memory that is written or executed
  ...[50, 51, 54, 55, 56, 60, 61, 63, 64, 65, 66],
];

function named(level: keyof typeof socketNames, names: readonly number[]): ConditionalCall['when'] {
  return names.map((name) => [
    { index: setsockoptLevel, mask: wholeNumber, value: levels[level] },
    { index: setsockoptName, mask: wholeNumber, value: name },
  ]);
}

/** Options that are allowed by their names. */
export const optionCalls: readonly ConditionalCall[] = [
  {
    call: 'setsockopt',
    purpose: 'How a socket behaves; not filters on it, and not memory for it.',
    when: [
      ...[levels.ip, levels.ipv6].map((level) => [{ index: setsockoptLevel, mask: wholeNumber, value: level }]),
      ...(['socket', 'tcp', 'udp'] as const).flatMap((level) => named(level, socketNames[level])),
    ],
  },
  {
    call: 'prctl',
    purpose: 'What a process says about itself; not filters of its own.',
    when: processNames.map((name) => [{ index: prctlName, mask: wholeNumber, value: name }]),
  },
];

/**
 * Calls that do nothing and say that they succeeded. A socket has the buffers that it has by default, which
 * is what it is charged for (`sandbox-images/runner/process/socket_memory.py`), and programs ask for larger ones without need.
 */
export const idleCalls: Pick<ConditionalCall, 'call' | 'when'> = {
  call: 'setsockopt',
  when: named('socket', bufferSizes),
};

/** A filter on a process, which the zygote of a tenant needs to confine its guests: `PR_SET_SECCOMP`, and `PR_CAPBSET_DROP`. */
export const confiningCalls: Pick<ConditionalCall, 'call' | 'when'> = {
  call: 'prctl',
  when: [22, 24].map((name) => [{ index: prctlName, mask: wholeNumber, value: name }]),
};
