/** System calls that serve one purpose, by their Linux names. */
export interface CallGroup {
  readonly purpose: string;
  readonly calls: readonly string[];
}

/**
 * System calls that are allowed only with certain arguments: all conditions of one entry must hold, or all of another
 * entry.
 */
export interface ConditionalCall {
  readonly call: string;
  readonly purpose: string;
  readonly when: readonly (readonly ArgumentCondition[])[];
}

/** The argument `index`, masked with `mask` if given, equals `value`. */
export interface ArgumentCondition {
  readonly index: number;
  readonly value: number;
  readonly mask?: number;
}

/**
 * All system calls that a guest, the runner and the programs that start them may make with any arguments. Taken from
 * Docker's default profile, call by call, without those that computing never needs: see
 * `docs/decisions/0010-own-seccomp-profile.md`. Names that an architecture lacks (`open` on arm64) are ignored.
 */
export const allowedCalls: readonly CallGroup[] = [
  {
    purpose: 'Open, read, write and lock files.',
    calls: [
      ...['open', 'openat', 'openat2', 'creat', 'close', 'close_range', 'dup', 'dup2', 'dup3', 'fcntl', 'ioctl'],
      ...['read', 'readv', 'pread64', 'preadv', 'preadv2', 'write', 'writev', 'pwrite64', 'pwritev', 'pwritev2'],
      ...['lseek', 'ftruncate', 'truncate', 'fallocate', 'fadvise64', 'readahead', 'flock', 'fsync', 'fdatasync'],
      ...['sync', 'syncfs', 'sync_file_range', 'copy_file_range', 'sendfile', 'splice', 'tee', 'pipe', 'pipe2'],
    ],
  },
  {
    purpose: 'Read and change names, owners, modes and times; mknod is a conditional call.',
    calls: [
      ...['stat', 'lstat', 'fstat', 'newfstatat', 'statx', 'statfs', 'fstatfs', 'access', 'faccessat', 'faccessat2'],
      ...['getcwd', 'chdir', 'fchdir', 'getdents', 'getdents64', 'readlink', 'readlinkat', 'umask'],
      ...['mkdir', 'mkdirat', 'rmdir', 'link', 'linkat', 'symlink', 'symlinkat'],
      ...['unlink', 'unlinkat', 'rename', 'renameat', 'renameat2', 'chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
      ...['chown', 'fchown', 'lchown', 'fchownat', 'utime', 'utimes', 'futimesat', 'utimensat'],
      ...['getxattr', 'lgetxattr', 'fgetxattr', 'listxattr', 'llistxattr', 'flistxattr'],
      ...['setxattr', 'lsetxattr', 'fsetxattr', 'removexattr', 'lremovexattr', 'fremovexattr'],
    ],
  },
  {
    purpose: 'Memory of the process itself; NUMA placement, memfd_secret and the memory of others are left out.',
    calls: [
      ...['brk', 'mmap', 'munmap', 'mremap', 'mprotect', 'madvise', 'mincore', 'msync', 'membarrier', 'memfd_create'],
      ...['mlock', 'mlock2', 'mlockall', 'munlock', 'munlockall', 'pkey_alloc', 'pkey_free', 'pkey_mprotect'],
      'map_shadow_stack',
    ],
  },
  {
    purpose: 'Start, wait for and end processes; clone, without namespaces, and prctl are conditional calls.',
    calls: [
      ...['fork', 'vfork', 'execve', 'execveat', 'exit', 'exit_group', 'wait4', 'waitid', 'arch_prctl'],
      ...['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo', 'pidfd_open', 'pidfd_send_signal'],
      ...['getpid', 'getppid', 'gettid', 'getpgid', 'getpgrp', 'setpgid', 'getsid', 'setsid'],
      ...['getrlimit', 'setrlimit', 'prlimit64', 'getrusage', 'times', 'getpriority'],
      ...['uname', 'sysinfo', 'getcpu', 'getrandom'],
    ],
  },
  {
    purpose: 'Identity: the runner uses these to become the guest; a guest without capabilities gains nothing.',
    calls: [
      ...['getuid', 'geteuid', 'getresuid', 'getgid', 'getegid', 'getresgid', 'getgroups', 'capget', 'capset'],
      ...['setuid', 'setreuid', 'setresuid', 'setfsuid', 'setgid', 'setregid', 'setresgid', 'setfsgid', 'setgroups'],
    ],
  },
  {
    purpose: 'Threads and their scheduling.',
    calls: [
      ...['futex', 'futex_waitv', 'futex_wake', 'futex_wait', 'futex_requeue', 'set_robust_list', 'set_tid_address'],
      ...['rseq', 'sched_yield', 'sched_getaffinity', 'sched_getattr', 'sched_setattr'],
      ...['sched_getparam', 'sched_setparam', 'sched_getscheduler', 'sched_setscheduler', 'sched_rr_get_interval'],
      ...['sched_get_priority_min', 'sched_get_priority_max'],
    ],
  },
  {
    purpose: 'Signals, clocks to read, timers, and waiting for events.',
    calls: [
      ...['rt_sigaction', 'rt_sigprocmask', 'rt_sigpending', 'rt_sigsuspend', 'rt_sigtimedwait', 'rt_sigreturn'],
      ...['sigaltstack', 'restart_syscall', 'pause', 'alarm', 'getitimer', 'setitimer', 'signalfd', 'signalfd4'],
      ...['time', 'gettimeofday', 'clock_gettime', 'clock_getres', 'nanosleep', 'clock_nanosleep'],
      ...['timer_create', 'timer_delete', 'timer_getoverrun', 'timer_gettime', 'timer_settime'],
      ...['timerfd_create', 'timerfd_gettime', 'timerfd_settime', 'eventfd', 'eventfd2'],
      ...['epoll_create', 'epoll_create1', 'epoll_ctl', 'epoll_wait', 'epoll_pwait', 'epoll_pwait2'],
      ...['poll', 'ppoll', 'select', 'pselect6', 'inotify_init', 'inotify_init1'],
      ...['inotify_add_watch', 'inotify_rm_watch'],
    ],
  },
  {
    purpose:
      'Sockets, once made. To make one and to set its options are conditional calls; there is no network but loopback.',
    calls: [
      ...['bind', 'listen', 'accept', 'accept4', 'connect', 'shutdown', 'getsockname', 'getpeername', 'getsockopt'],
      ...['sendto', 'sendmsg', 'sendmmsg', 'recvfrom', 'recvmsg', 'recvmmsg'],
    ],
  },
];

/** `CLONE_NEWNS`, `NEWCGROUP`, `NEWUTS`, `NEWIPC`, `NEWUSER`, `NEWPID` and `NEWNET` of linux/sched.h. */
const namespaceFlags = 0x7e02_0000;

const [unix, inet, inet6] = [1, 2, 10];
const [stream, datagram] = [1, 2];
const [tcp, udp] = [6, 17];

/**
 * `S_IFMT` of linux/stat.h, and the kinds of files that are not devices: regular files by both of their values, fifos,
 * sockets.
 */
const fileKindMask = 0o170_000;
const fileKinds = [0, 0o100_000, 0o010_000, 0o140_000];

/** Calls that change the scheduling of the process that argument `index` names; 0 is the calling process. */
export const schedulingCalls: readonly { readonly call: string; readonly index: number }[] = [
  { call: 'setpriority', index: 1 },
  { call: 'sched_setaffinity', index: 0 },
];

/** System calls that are allowed only with certain arguments. */
export const conditionalCalls: readonly ConditionalCall[] = [
  {
    call: 'clone',
    purpose: 'Processes and threads in the existing namespaces.',
    when: [[{ index: 0, mask: namespaceFlags, value: 0 }]],
  },
  ...[
    { call: 'mknod', index: 1 },
    { call: 'mknodat', index: 2 },
  ].map(({ call, index }) => ({
    call,
    purpose: 'Fifos, sockets and empty files. The mount refuses devices too, but not under gVisor.',
    when: fileKinds.map((value) => [{ index, mask: fileKindMask, value }]),
  })),
  {
    call: 'personality',
    purpose: 'Read the personality, or set the usual one; the others switch protections off.',
    when: [[{ index: 0, value: 0 }], [{ index: 0, value: 0xffff_ffff }]],
  },
  {
    call: 'socketpair',
    purpose: 'Pipes of both directions.',
    when: [[{ index: 0, value: unix }]],
  },
  {
    call: 'socket',
    purpose:
      'Local sockets, TCP and UDP. Nothing that talks to the kernel, and no protocol that it would have to load.',
    when: [
      [{ index: 0, value: unix }],
      ...[inet, inet6].flatMap((family) => [
        ...internetSocket(family, stream, tcp),
        ...internetSocket(family, datagram, udp),
      ]),
    ],
  },
];

/** A socket with its protocol named, or with the default protocol of its type. The type's high bits are flags. */
function internetSocket(family: number, type: number, protocol: number): ArgumentCondition[][] {
  return [0, protocol].map((named) => [
    { index: 0, value: family },
    { index: 1, mask: 0xf, value: type },
    { index: 2, value: named },
  ]);
}
