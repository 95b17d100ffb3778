"""Prints a cache for the `configure` scripts of gnulib's programs: what the headers declare and the library defines."""

import glob
import os
import re
import subprocess
import sys

kit, work = sys.argv[1:3]
sysroot = "/usr/share/emscripten/cache/sysroot"
include = f"{sysroot}/include/"
unusable = ("emscripten", "jpeg", "webgpu", "unwind", "tgmath", "EGL", "GL", "proc")
headers = [path[len(include) :] for part in ("", "sys/", "net*/", "arpa/") for path in glob.glob(f"{include}{part}*.h")]
with open(f"{work}/all.c", "w") as every:
    every.write("#define _GNU_SOURCE 1\n" + "".join(f"#include <{h}>\n" for h in headers if not h.startswith(unusable)))


def compiled(*options: str) -> str:
    return subprocess.run([f"{kit}/wcc", *options, f"{work}/all.c"], capture_output=True, text=True).stdout


declared = set(re.findall(r"[A-Za-z_]\w*", compiled("-E", "-P")))
declared |= set(re.findall(r"#define (\w+)", compiled("-E", "-dM")))
symbols = subprocess.run(
    ["llvm-nm-19", "--defined-only", f"{sysroot}/lib/wasm32-emscripten/libc.a"], capture_output=True, text=True
).stdout
defined = set(re.findall(r"^\w+ [TWDB] (\w+)$", symbols, re.M))
defined |= set(re.findall(r"^(?:\w[\w *]*?[* ])(\w+)\(", open(f"{kit}/kc.c").read(), re.M))
defined |= {"malloc", "free", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign", "exit", "execve"}
defined -= {"getloadavg", "mknod", "getlogin", "sethostname"}
answers: dict[str, bool] = {}
for script in glob.glob(f"{work}/*/configure"):
    text = open(script, errors="replace").read()
    for name in set(re.findall(r"ac_cv_func_(\w+)", text)):
        if name in declared or name in defined or f'"ac_cv_func_{name}"' in text:
            answers[f"ac_cv_func_{name}"] = name in defined
    for name, _ in re.findall(r'as_fn_append ac_func_c_list " (\w+) (\w+)"', text):
        answers[f"ac_cv_func_{name}"] = name in defined
    for header, variable in re.findall(r'ac_fn_c_check_header_compile "\$LINENO" "([\w./]+)" "(ac_cv_header_\w+)"', text):
        built_in = header in ("stdarg.h", "float.h", "stddef.h", "limits.h", "stdbool.h")
        answers[variable] = built_in or os.path.exists(include + header)
    for header, name in re.findall(r'as_fn_append ac_header_c_list " ([\w./]+) (\w+) ', text):
        answers[f"ac_cv_header_{name}"] = os.path.exists(include + header)
    for name, variable in re.findall(r'ac_fn_check_decl "\$LINENO" "(\w+)" "(ac_cv_have_decl_\w+)"', text):
        answers[variable] = name in declared
    for names in re.findall(r"for gl_func in ([\w\s]+); do", text):
        answers |= {f"gl_cv_have_raw_decl_{name}": name in declared for name in names.split()}
    for name in re.findall(r"gl_cv_onwards_func_(\w+)=", text):
        answers[f"gl_cv_onwards_func_{name}"] = name in defined
for name in [n for n in answers if re.match(r"ac_cv_func_\w+_(works\w*|working|fixed_mapped|slash\w*)$", n)]:
    del answers[name]
for name, value in sorted(answers.items()):
    print(f"{name}=${{{name}={'yes' if value else 'no'}}}")
