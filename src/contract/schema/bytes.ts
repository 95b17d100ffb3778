import { types } from 'node:util';
import { z } from 'zod';

// Read once, here: the caller's bytes may have their own members with these names.
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const getterOf = (holder: object, name: string): (() => unknown) | undefined =>
  Object.getOwnPropertyDescriptor(holder, name)?.get;
const readBuffer = getterOf(typedArray, 'buffer');
const readOffset = getterOf(typedArray, 'byteOffset');
const readLength = getterOf(typedArray, 'byteLength');
const readDetached = getterOf(ArrayBuffer.prototype, 'detached');
const readResizable = getterOf(ArrayBuffer.prototype, 'resizable');

/** Whether a value is a `Uint8Array` of any realm, not just an object with its prototype. Never throws. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}

/**
 * The same bytes as a `Buffer` of this realm, without the caller's own members: a view, or a copy if the memory is
 * resizable or shared between threads. `undefined` if the memory was transferred.
 */
export function viewOfBytes(bytes: Uint8Array): Buffer | undefined {
  const buffer = readBuffer?.call(bytes) as ArrayBufferLike;
  const isShared = types.isSharedArrayBuffer(buffer);
  if (!isShared && readDetached?.call(buffer)) return undefined;
  const view = Buffer.from(buffer, readOffset?.call(bytes) as number, readLength?.call(bytes) as number);
  return isShared || readResizable?.call(buffer) ? Buffer.from(view) : view;
}

/** Whether the memory of a view was transferred after the view was made, which leaves it empty. */
export function isTransferred(view: Uint8Array): boolean {
  return !types.isSharedArrayBuffer(view.buffer) && readDetached?.call(view.buffer) === true;
}

/**
 * Checks bytes and makes a {@link viewOfBytes}. All schemas share this one, so that `contract/wire` finds bytes by its
 * identity.
 */
export const bytesSchema: z.ZodType<Uint8Array, Uint8Array> = z
  .custom<Uint8Array>(isBytes, 'must be text or a Uint8Array')
  .transform((bytes, context) => {
    const view = viewOfBytes(bytes);
    if (view) return view;
    context.addIssue({ code: 'custom', message: 'has bytes that were transferred away' });
    return z.NEVER;
  });
