#include <stdlib.h>
#include <unistd.h>
extern char **environ;
extern void __wasm_call_ctors(void);
int main(int, char **) __attribute__((weak));
int __main_void(void) __attribute__((weak));
int __main_argc_argv(int, char **) __attribute__((weak));
int k_args(void *block);   /* bytes of the block; fills it when not null: argc, argv..., 0, env..., 0, strings */
__attribute__((visibility("default"))) void _start(void)
{
  int *block = malloc(k_args(0));
  k_args(block);
  int argc = block[0];
  environ = (char **)(block + 1 + argc + 1);
  __wasm_call_ctors();
  environ = (char **)(block + 1 + argc + 1);
  exit(__main_void ? __main_void() : __main_argc_argv ? __main_argc_argv(argc, (char **)(block + 1)) : main(argc, (char **)(block + 1)));
}
