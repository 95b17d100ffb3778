/** The parts of WebAssembly that are used; neither Node's types nor those of ECMAScript include them. */
export interface WebAssemblyApi {
  readonly Module: new (bytes: ArrayBuffer | Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: WasmImports,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  compile(bytes: Uint8Array): Promise<WasmModule>;
}

/** A compiled module. */
export type WasmModule = object & { readonly [Symbol.toStringTag]?: string };

export type WasmImports = Readonly<Record<string, Record<string, unknown>>>;
