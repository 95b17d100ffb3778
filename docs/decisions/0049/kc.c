/* Calls of POSIX that Emscripten's C library lacks, or has as stubs: they go to the kernel. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <pwd.h>
#include <grp.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <sys/resource.h>
#include <termios.h>

#ifndef K_ASYNC
#define K_ASYNC (1024*1024)
#endif
int k_asyncify_area[2 + K_ASYNC / 4];
__attribute__((visibility("default"), export_name("k_asyncify_buffer"))) int *k_asyncify_buffer(void) { return k_asyncify_area; }
__attribute__((export_name("k_asyncify_size"))) int k_asyncify_size(void) { return sizeof k_asyncify_area; }

static int ret(int r) { if (r < 0) { errno = -r; return -1; } return r; }

int k_fork(void), k_execve(const char *, char *const *, char *const *), k_sigaction(int, int, int, int, int, int *),
  k_sigprocmask(int, int, int, int *), k_sigsuspend(int), k_kill(int, int), k_sleep(double), k_getpid(void), k_getpgid(int),
  k_setitimer(int, double, double, double *), k_sigpending(int *), k_tcpgrp(int, int), k_yield(void);
double k_cpu(int);

int fork(void) { return ret(k_fork()); }
int vfork(void) { return ret(k_fork()); }
int execve(const char *p, char *const a[], char *const e[]) { return ret(k_execve(p, a, e)); }
int kill(int p, int s) { return ret(k_kill(p, s)); }
int killpg(int p, int s) { return ret(k_kill(p == 0 ? 0 : -p, s)); }
int raise(int s) { return ret(k_kill(k_getpid(), s)); }
int getpid(void) { return k_getpid(); }
int getpgrp(void) { return k_getpgid(0); }
int tcsetpgrp(int fd, int p) { return ret(k_tcpgrp(fd, p)); }
int tcgetpgrp(int fd) { return ret(k_tcpgrp(fd, -1)); }
void _Exit(int);
int sigaction(int s, const struct sigaction *restrict a, struct sigaction *restrict o)
{
  int old[4];
  int r = a ? k_sigaction(s, 1, (int)a->sa_handler, a->sa_mask.__bits[0], a->sa_flags, old) : k_sigaction(s, 0, 0, 0, 0, old);
  if (r >= 0 && o) { memset(o, 0, sizeof *o); o->sa_handler = (void (*)(int))old[0]; o->sa_mask.__bits[0] = old[1]; o->sa_flags = old[2]; }
  return ret(r);
}
int __sigaction(int s, const struct sigaction *restrict a, struct sigaction *restrict o) { return sigaction(s, a, o); }
void (*signal(int s, void (*f)(int)))(int)
{
  struct sigaction a = { .sa_handler = f, .sa_flags = SA_RESTART }, o;
  return sigaction(s, &a, &o) < 0 ? SIG_ERR : o.sa_handler;
}
int siginterrupt(int s, int f) { return 0; }
int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
  int o = 0, r = k_sigprocmask(set ? 1 : 0, how, set ? set->__bits[0] : 0, &o);
  if (old) { memset(old, 0, sizeof *old); old->__bits[0] = o; }
  return ret(r);
}
int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old) { return sigprocmask(how, set, old) < 0 ? errno : 0; }
int sigsuspend(const sigset_t *m) { return ret(k_sigsuspend(m->__bits[0])); }
int sigpending(sigset_t *s) { int v; memset(s, 0, sizeof *s); k_sigpending(&v); s->__bits[0] = v; return 0; }
int pause(void) { int o; k_sigprocmask(0, 0, 0, &o); return ret(k_sigsuspend(o)); }
void abort(void) { struct sigaction a = { .sa_handler = SIG_DFL }; sigaction(SIGABRT, &a, 0); raise(SIGABRT); _exit(134); }

__attribute__((weak)) int nanosleep(const struct timespec *t, struct timespec *rem)
{
  if (t->tv_sec < 0 || t->tv_nsec < 0 || t->tv_nsec > 999999999) return ret(-EINVAL);
  if (rem) { rem->tv_sec = 0; rem->tv_nsec = 0; }
  return ret(k_sleep(t->tv_sec * 1e3 + t->tv_nsec / 1e6));
}
int clock_nanosleep(clockid_t c, int flags, const struct timespec *t, struct timespec *rem)
{
  struct timespec now, d = *t;
  if (flags & TIMER_ABSTIME) {
    clock_gettime(c, &now);
    double ms = (t->tv_sec - now.tv_sec) * 1e3 + (t->tv_nsec - now.tv_nsec) / 1e6;
    return ms <= 0 ? 0 : k_sleep(ms) < 0 ? EINTR : 0;
  }
  return nanosleep(&d, rem) < 0 ? errno : 0;
}
int usleep(unsigned us) { return ret(k_sleep(us / 1e3)); }
unsigned sleep(unsigned s) { k_sleep(s * 1e3); return 0; }
int setitimer(int w, const struct itimerval *restrict v, struct itimerval *restrict o)
{
  double old[2];
  int r = k_setitimer(w, v->it_value.tv_sec * 1e3 + v->it_value.tv_usec / 1e3, v->it_interval.tv_sec * 1e3 + v->it_interval.tv_usec / 1e3, old);
  if (o) { memset(o, 0, sizeof *o); o->it_value.tv_sec = old[0] / 1e3; o->it_value.tv_usec = (long)(old[0] * 1e3) % 1000000; }
  return ret(r);
}
unsigned alarm(unsigned s) { double old[2]; k_setitimer(0, s * 1e3, 0, old); return (unsigned)((old[0] + 999) / 1e3); }

clock_t times(struct tms *t) { if (t) { memset(t, 0, sizeof *t); t->tms_utime = k_cpu(0) / 10; t->tms_cutime = k_cpu(1) / 10; } return (clock_t)(k_cpu(2) / 10); }
int getrusage(int who, struct rusage *u) { memset(u, 0, sizeof *u); double ms = k_cpu(who == RUSAGE_CHILDREN ? 1 : 0); u->ru_utime.tv_sec = ms / 1e3; u->ru_utime.tv_usec = (long)(ms * 1e3) % 1000000; return 0; }
clock_t clock(void) { return k_cpu(0) * 1000; }
int getrlimit(int w, struct rlimit *r) { r->rlim_cur = r->rlim_max = RLIM_INFINITY; if (w == RLIMIT_NOFILE) r->rlim_cur = r->rlim_max = 1024; if (w == RLIMIT_STACK) r->rlim_cur = 8 << 20; if (w == RLIMIT_NPROC) r->rlim_cur = r->rlim_max = 256; return 0; }
int setrlimit(int w, const struct rlimit *r) { return 0; }
int getgroups(int n, gid_t *g) { if (n) g[0] = getgid(); return 1; }

static char *none[] = { 0 };
static struct passwd users[] = { { "root", "x", 0, 0, "root", "/root", "/bin/bash" }, { "sandbox", "x", 1000, 1000, "sandbox", "/home/sandbox", "/bin/bash" } };
static struct group groups[] = { { "root", "x", 0, none }, { "sandbox", "x", 1000, none } };
struct passwd *getpwuid(uid_t u) { for (int i = 0; i < 2; i++) if (users[i].pw_uid == u) return users + i; return 0; }
struct passwd *getpwnam(const char *n) { for (int i = 0; i < 2; i++) if (!strcmp(users[i].pw_name, n)) return users + i; return 0; }
struct group *getgrgid(gid_t u) { for (int i = 0; i < 2; i++) if (groups[i].gr_gid == u) return groups + i; return 0; }
struct group *getgrnam(const char *n) { for (int i = 0; i < 2; i++) if (!strcmp(groups[i].gr_name, n)) return groups + i; return 0; }
int getpwnam_r(const char *n, struct passwd *p, char *b, size_t s, struct passwd **r) { struct passwd *q = getpwnam(n); *r = 0; if (q) { *p = *q; *r = p; } return 0; }
int getpwuid_r(uid_t n, struct passwd *p, char *b, size_t s, struct passwd **r) { struct passwd *q = getpwuid(n); *r = 0; if (q) { *p = *q; *r = p; } return 0; }
static int at_user, at_group;
struct passwd *getpwent(void) { return at_user < 2 ? users + at_user++ : 0; }
void setpwent(void) { at_user = 0; }
void endpwent(void) { at_user = 0; }
struct group *getgrent(void) { return at_group < 2 ? groups + at_group++ : 0; }
void setgrent(void) { at_group = 0; }
void endgrent(void) { at_group = 0; }

void __funcs_on_exit(void);
void exit(int code) { __funcs_on_exit(); fflush(0); _exit(code); }

int system(const char *command)
{
  int pid, status;
  if (!command) return 1;
  fflush(0);
  if ((pid = fork()) == 0) { execl("/bin/sh", "sh", "-c", command, (char *)0); _exit(127); }
  if (pid < 0) return -1;
  while (waitpid(pid, &status, 0) < 0) if (errno != EINTR) return -1;
  return status;
}
static struct { FILE *f; int pid; } opened[16];
FILE *popen(const char *command, const char *mode)
{
  int p[2], pid, w = mode[0] == 'w', i;
  FILE *f;
  for (i = 0; i < 16 && opened[i].f; i++);
  if (i == 16 || pipe2(p, 02000000) < 0) return 0;
  fflush(0);
  if ((pid = fork()) == 0) { dup2(p[w ? 0 : 1], w ? 0 : 1); execl("/bin/sh", "sh", "-c", command, (char *)0); _exit(127); }
  close(p[w ? 0 : 1]);
  if (pid < 0 || !(f = fdopen(p[w], mode))) { close(p[w]); return 0; }
  opened[i].f = f; opened[i].pid = pid;
  return f;
}
int pclose(FILE *f)
{
  int i, status;
  for (i = 0; i < 16 && opened[i].f != f; i++);
  if (i == 16) return -1;
  fclose(f);
  opened[i].f = 0;
  while (waitpid(opened[i].pid, &status, 0) < 0) if (errno != EINTR) return -1;
  return status;
}
#include <sys/socket.h>
int k_random(void *, int);
ssize_t getrandom(void *p, size_t n, unsigned f) { return k_random(p, n); }
int getentropy(void *p, size_t n) { k_random(p, n); return 0; }
int getpeername(int fd, struct sockaddr *restrict a, socklen_t *restrict l) { return ret(-ENOTSOCK); }
int k_select(int, void *, void *, void *, double);
int select(int n, fd_set *restrict r, fd_set *restrict w, fd_set *restrict e, struct timeval *restrict t)
{ return ret(k_select(n, r, w, e, t ? t->tv_sec * 1e3 + t->tv_usec / 1e3 : -1)); }
int pselect(int n, fd_set *restrict r, fd_set *restrict w, fd_set *restrict e, const struct timespec *restrict t, const sigset_t *restrict m)
{
  sigset_t o; if (m) sigprocmask(SIG_SETMASK, m, &o);
  int x = k_select(n, r, w, e, t ? t->tv_sec * 1e3 + t->tv_nsec / 1e6 : -1);
  if (m) sigprocmask(SIG_SETMASK, &o, 0);
  return ret(x);
}
int ppoll(struct pollfd *f, nfds_t n, const struct timespec *t, const sigset_t *m) { return poll(f, n, t ? t->tv_sec * 1000 + t->tv_nsec / 1000000 : -1); }
void __assert_fail(const char *e, const char *f, int l, const char *fn) { fprintf(stderr, "Assertion failed: %s (%s: %s: %d)\n", e, f, fn, l); abort(); }
ssize_t splice(int a, void *b, int c, void *d, size_t n, unsigned f) { return ret(-EINVAL); }
int sethostname(const char *n, size_t l) { return ret(-EPERM); }
int getloadavg(double *a, int n) { for (int i = 0; i < n; i++) a[i] = 0; return n; }
int setgroups(size_t n, const gid_t *g) { return ret(-EPERM); }
int initgroups(const char *u, gid_t g) { return ret(-EPERM); }
struct hostent *gethostbyname(const char *n) { return 0; }
