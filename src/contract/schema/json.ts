/** Anything that JSON can represent: the only values that cross between a caller and a guest. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
