# tries: bring its own WebAssembly module, with its own memory, and have the interpreter link it
# holds: nothing in the realm can compile or instantiate WebAssembly any more
# threat: T3
# ends: success error
# proof: linking
import ctypes

header = b"\0asm\1\0\0\0"
dylink = b"\0\x0f\x08dylink.0\x01\x04\0\0\0\0"
memory = b"\5\4\1\0\x80\x20"
with open("/tmp/own.so", "wb") as file:
    file.write(header + dylink + memory)
print("linking", flush=True)
try:
    library = ctypes.CDLL("/tmp/own.so")
    print("BREACH", library)
except OSError as error:
    print("refused", str(error)[:80])
