#!/bin/bash
# Makes bash.wasm and the other modules from Debian's sources. Prototype: the steps were run by hand, in this order.
# Needs Debian 13 with emscripten (its cache of libraries), clang-19, lld-19, llvm-19, binaryen, gcc, make, bison, dash.
# $1 is a folder with the unpacked sources: bash, coreutils-9.7, sed-4.9, grep-3.11, diffutils-3.10, findutils-4.10.0,
# mawk-1.3.4-20250131, busybox-1.37.0.
set -eu
kit=$(cd "$(dirname "$0")" && pwd)
work=$(cd "$1" && pwd)
sysroot=/usr/share/emscripten/cache/sysroot
export CC=$kit/wcc AR=llvm-ar-19 RANLIB=llvm-ranlib-19 CFLAGS=-Os CONFIG_SHELL=/bin/dash

# The names that a link may leave to the kernel. Any other missing function is an error, so `configure` sees the truth.
libc=$sysroot/lib/wasm32-emscripten/libc.a
defined=$(llvm-nm-19 --defined-only "$libc" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u)
missing=$(llvm-nm-19 -u "$libc" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u)
{
  comm -23 <(echo "$missing") <(echo "$defined") | grep -E '^(__syscall|__wasi_|_?emscripten_|_(localtime|mktime|gmtime|timegm|tzset|mmap|msync|munmap|abort)_?js)'
  grep -oE '\bk_[a-z0-9]+ ?\(' "$kit/kc.c" "$kit/start.c" -h | tr -d ' (' | sort -u
  echo k_call1; echo _emscripten_throw_longjmp
  for result in v i j d; do for count in 0 1 2 3 4 5 6 7 8 9 10 11; do printf 'invoke_%s%s\n' $result "$(printf "%${count}s" | tr ' ' i)"; done; done
} > "$kit/imports.txt"
(cd "$kit" && ./wcc -c start.c && ./wcc -c kc.c)

# Calls from which the kernel may come back later; `invoke_*` carries them through `setjmp`.
blocking=env.invoke_*,env.k_fork,env.k_kill,env.k_sigprocmask,env.k_sigsuspend,env.k_sleep,env.k_yield,env.k_select,env.k_call1,env.__syscall_wait4,env.__syscall_openat,env.__syscall_poll,wasi_snapshot_preview1.fd_read,wasi_snapshot_preview1.fd_write
finish() {
  wasm-opt -O2 --asyncify --pass-arg=asyncify-imports@$blocking --enable-bulk-memory --enable-sign-ext \
    --enable-mutable-globals --enable-nontrapping-float-to-int --strip-debug --strip-producers "$1" -o "$work/$2.wasm"
}

# GNU programs with gnulib. A cache of answers, made from the headers and the library, saves most of the time
# that `configure` of coreutils would take.
python3 "$kit/config-cache.py" "$kit" "$work" > "$work/cache"
for name in sed-4.9 grep-3.11 diffutils-3.10 findutils-4.10.0 coreutils-9.7; do
  cp "$work/cache" "$work/cache.$name"
  options=
  [ $name = coreutils-9.7 ] && options="--enable-single-binary=symlinks --enable-no-install-program=stdbuf,chroot,pinky,users,who,uptime,hostid,chcon,runcon,stty"
  (cd "$work/$name" && FORCE_UNSAFE_CONFIGURE=1 dash ./configure --host=wasm32-unknown-linux-musl --disable-nls \
    --disable-dependency-tracking --cache-file="$work/cache.$name" --disable-threads --without-selinux --disable-acl \
    --disable-xattr --disable-libcap --without-libgmp --without-openssl --disable-rpath $options)
done
(cd "$work/sed-4.9" && make sed/sed && finish sed/sed sed)
(cd "$work/grep-3.11" && make -C lib && make -C src grep && finish src/grep grep)
(cd "$work/diffutils-3.10" && make -C lib && make -C src version.h diff cmp && finish src/diff diff && finish src/cmp cmp)
(cd "$work/findutils-4.10.0" && make -C gl && make -C lib && make -C find find && make -C xargs xargs &&
  finish find/find find && finish xargs/xargs xargs)
# `make all` first makes gnulib's headers; manual pages and a few unused programs fail.
(cd "$work/coreutils-9.7" && { make -k all SUBDIRS=. MANS= man1_MANS= || true; } &&
  $AR d lib/libcoreutils.a libcoreutils_a-mknod.o && make src/coreutils && finish src/coreutils coreutils)
(cd "$work"/mawk-1.3.4-20250131 && ./configure --host=wasm32-unknown-linux-musl && make && finish mawk mawk)

# BusyBox for what GNU does not have: bc, rev, xxd, tar, gzip and so on. Its `main` is in an archive.
(cd "$work/busybox-1.37.0" && make allnoconfig HOSTCC='gcc -w' &&
  for o in BC DC REV XXD HEXDUMP HD WHICH TAR FEATURE_TAR_CREATE FEATURE_TAR_LONG_OPTIONS FEATURE_TAR_GNU_EXTENSIONS \
    FEATURE_TAR_AUTODETECT FEATURE_SEAMLESS_GZ GZIP FEATURE_GZIP_DECOMPRESS GUNZIP ZCAT BZIP2 BUNZIP2 BZCAT XZ XZCAT UNXZ \
    TREE GETOPT FEATURE_GETOPT_LONG STRINGS PATCH TIME UNZIP CAL LONG_OPTS SHOW_USAGE FEATURE_VERBOSE_USAGE LFS FEATURE_BC_BIG \
    UNICODE_SUPPORT FLOAT_DURATION HOSTNAME ED; do sed -i "s/^# CONFIG_$o is not set/CONFIG_$o=y/" .config; done &&
  { yes '' | make oldconfig HOSTCC='gcc -w'; } &&
  WCC_LINK=-Wl,--undefined=__main_argc_argv make CC="$CC" HOSTCC='gcc -w' AR=$AR STRIP=true SKIP_STRIP=y NM=llvm-nm-19 \
    CONFIG_EXTRA_CFLAGS=-w busybox_unstripped && finish busybox_unstripped busybox)

# GNU Bash. It was configured by emconfigure (20 minutes); the cache above should serve here too. Apply
# bash-5.2.37.patch afterwards, because it also changes config.h. In Makefile: JOBS_O = jobs.o, READLINE_LIB = -lreadline,
# HISTORY_LIB = -lhistory, TERMCAP_LIB = ./lib/termcap/libtermcap.a.
cd "$work/bash"
keep='-o config.status -o config.h -o stamp-h -o Makefile -o configure'
mkdir -p gnuregex && cp "$work/sed-4.9/lib/regex.h" gnuregex/
make $keep -C lib/readline libreadline.a libhistory.a
(cd lib/termcap && for f in termcap tparam; do
  $CC -c -DHAVE_CONFIG_H -DPC=tc_PC -DUP=tc_UP -DBC=tc_BC -I. -I../.. -I../../include -I../../lib $f.c; done &&
  $AR cr libtermcap.a termcap.o tparam.o)
# Emscripten's regex knows neither [[=a=]] nor [[.a.]]; gnulib's is the one of glibc.
(cd lib/sh && $CC -c -I. -I../.. -I../../lib -I../../include -DHAVE_CONFIG_H -DSHELL -I../../gnuregex -D_REGEX_LARGE_OFFSETS=1 \
  -Dregcomp=rpl_regcomp -Dregexec=rpl_regexec -Dregerror=rpl_regerror -Dregfree=rpl_regfree shmatch.c)
WCC_STACK=4194304 WCC_LINK=$work/sed-4.9/lib/libsed.a make $keep CC_FOR_BUILD='gcc -w' CFLAGS_FOR_BUILD=-O0 LDFLAGS= bash
finish bash bash
