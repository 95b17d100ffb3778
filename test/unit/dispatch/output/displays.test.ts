import { describe, expect, test } from 'vitest';
import {
  encodeDisplay,
  encodeProgress,
  parseDisplayPiece,
  parseProgress,
} from '../../../../src/cells/protocol/display-messages.ts';
import type { ExecutionEvent } from '../../../../src/contract/api/events.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import { JobDisplays } from '../../../../src/dispatch/output/displays.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\n…', 'latin1');

/** Passes a cell's messages to the displays of a job; returns the results. */
function hear(messages: readonly Uint8Array[], secrets: Readonly<Record<string, string>> = {}) {
  const events: ExecutionEvent[] = [];
  const limits = { ...defaultLimits, fileMb: 1, diskMb: 2 };
  const displays = new JobDisplays(
    { id: 'job-1', limits },
    createRedactor(secrets, {}),
    (event) => void events.push(event),
  );
  const wrong = messages.map((message) => {
    const piece = parseDisplayPiece(message);
    return piece ? displays.display(piece) : 'none';
  });
  return { ...displays.finish(), events, wrong: wrong.filter((each) => each !== undefined) };
}

/** The one display that results from one content. */
function settled(mediaType: string, content: string | Uint8Array, secrets: Readonly<Record<string, string>> = {}) {
  const { displays, wrong } = hear([...encodeDisplay(1, mediaType, Buffer.from(content))], secrets);
  expect([displays.length, wrong]).toEqual([1, []]);
  return displays[0];
}

describe('a media type counts only if the data matches it', () => {
  test.each([
    ['image/png', png, 'image/png'],
    ['Image/PNG; charset=x', png, 'image/png'],
    ['image/png', '<script>', 'application/octet-stream'],
    ['image/png', Buffer.from('GIF89a'), 'application/octet-stream'],
    ['application/pdf', png, 'application/octet-stream'],
    ['text/html', '<b>é</b>', 'text/html'],
    ['text/html', Buffer.from([0xff, 0xfe]), 'application/octet-stream'],
    ['image/svg+xml', '<svg/>', 'image/svg+xml'],
    ['application/json', '{"a": 12345678901234567890}', 'application/json'],
    ['application/json', '{"a": ', 'text/plain'],
    ['application/json', `${'['.repeat(600)}${']'.repeat(600)}`, 'text/plain'],
    ['application/x-own', png, 'application/x-own'],
    ['', png, 'image/png'],
    ['', 'text', 'text/plain'],
    ['', Buffer.from([0xff]), 'application/octet-stream'],
    ['../../etc', 'text', 'text/plain'],
    ['text/html\r\nX: y', 'text', 'text/plain'],
    ['text/', 'text', 'text/plain'],
  ])('%j', (declared, content, mediaType) => {
    const display = settled(declared, content);
    expect(display?.mediaType).toBe(mediaType);
    expect(Buffer.from(display?.data ?? '')).toEqual(Buffer.from(content));
    expect(typeof display?.data).toBe(/^text|json|svg/.test(mediaType) ? 'string' : 'object');
  });
});

test('a secret leaves in no form: text, JSON with a repeated member, bytes, the media type', () => {
  const secrets = { KEY: 'k-5e1f77aa90' };
  expect(settled('text/plain', 'a k-5e1f77aa90', secrets)).toMatchObject({ data: 'a [redacted:KEY]' });
  expect(settled('application/json', '{"a":"k-5e1f77aa90","a":1}', secrets)).toMatchObject({ data: '{"a":1}' });
  expect(settled('application/json', '["\\u006b-5e1f77aa90"]', secrets)).toMatchObject({ data: '["[redacted:KEY]"]' });
  const bytes = settled('image/png', Buffer.concat([png, Buffer.from('k-5e1f77aa90')]), secrets)?.data;
  expect(Buffer.from(bytes ?? '').toString('latin1')).toMatch(/\[redacted:KEY\]$/);
  expect(settled('image/k-5e1f77aa90', 'x', secrets)).toMatchObject({ mediaType: 'text/plain' });
});

test('a display arrives in pieces, each of which fits into one frame, and becomes one event', () => {
  const content = 'x'.repeat(200_000);
  const pieces = [...encodeDisplay(3, 'text/plain', Buffer.from(content))];
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
  const { displays, events, dropped } = hear(pieces);
  expect(displays).toEqual([{ group: 3, mediaType: 'text/plain', data: content }]);
  expect(events).toEqual([{ type: 'display', id: 'job-1', display: displays[0] }]);
  expect(dropped).toBe(0);
});

test('an incomplete one is counted, and makes room for the next', () => {
  const whole = (group: number): Uint8Array[] => [...encodeDisplay(group, 'a/b', Buffer.alloc(1_000_000))];
  const broken = (group: number): Uint8Array[] => whole(group).slice(0, -1);
  const { displays, dropped, wrong } = hear([...broken(1), ...broken(1), ...broken(2), ...whole(3), ...broken(4)]);
  expect([displays.length, dropped, wrong]).toEqual([1, 4, []]);
});

describe('a cell that exceeds the limits is reported', () => {
  const begin = (group: number): Uint8Array => [...encodeDisplay(group, 'a/b', Buffer.alloc(9))][0] as Uint8Array;
  const mebibyte = (group: number): Uint8Array[] => [...encodeDisplay(group, 'a/b', Buffer.alloc(1_048_576))];
  test.each([
    ['no message', [Buffer.alloc(0)], 'none'],
    ['unknown flags', [Buffer.of(4)], 'none'],
    ['a head that is cut', [Buffer.of(1, 0, 0, 0, 1, 9)], 'none'],
    ['a media type that is too long', [Buffer.concat([Buffer.of(1, 0, 0, 0, 1, 200), Buffer.alloc(200)])], 'none'],
    ['no beginning', [Buffer.of(2, 1)], 'had not started'],
    ['no group', [begin(0)], 'out of order'],
    ['groups that go back', [begin(2), begin(1)], 'out of order'],
    ['too many', Array.from({ length: 257 }, () => begin(1)), 'more than 256'],
    ['one above fileMb', [...encodeDisplay(1, 'a/b', Buffer.alloc(1_048_577))], 'limits.fileMb'],
    ['all above diskMb', [...mebibyte(1), ...mebibyte(2), begin(3)], 'limits.diskMb'],
  ])('%s', (_, messages, wrong) => {
    expect(hear(messages).wrong).toEqual([expect.stringContaining(wrong)]);
  });
});

test.each([[Number.NaN], [-0.1], [1.1], [Number.POSITIVE_INFINITY]])('a progress of %d is malformed', (fraction) => {
  expect(parseProgress(encodeProgress({ fraction, text: '' }))).toBeUndefined();
});

test('the text of a progress is redacted before it is cut to one short line', () => {
  const events: ExecutionEvent[] = [];
  const redactor = createRedactor({ KEY: 'k-5e1f77aa90' }, {});
  const displays = new JobDisplays(
    { id: 'job-1', limits: defaultLimits },
    redactor,
    (event) => void events.push(event),
  );
  const text = `\u001b]0;t\u0007\n\u202eab${'x'.repeat(240)}k-5e1f77aa90`;
  const message = parseProgress(encodeProgress({ fraction: 0.5, text }));
  if (message) displays.progress(message);
  const line = `]0;t ab${'x'.repeat(240)}[redacted:KEY]`.slice(0, 256);
  expect(events).toEqual([{ type: 'progress', id: 'job-1', fraction: 0.5, text: line }]);
});
