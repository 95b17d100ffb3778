import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from '../../../src/support/media-type.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('mediaTypeOf', () => {
  it.each([
    ['chart.png', bytes('\x89PNG\r\n\x1a\n…'), 'image/png'],
    ['chart', bytes('\xff\xd8\xff\xe0..JFIF'), 'image/jpeg'],
    ['a.txt', bytes('GIF89a....'), 'image/gif'],
    ['a', bytes('RIFF\x10\0\0\0WEBPVP8 '), 'image/webp'],
    ['a.bin', bytes('%PDF-1.7\n'), 'application/pdf'],
    ['a', bytes('PK\x03\x04\x14\0'), 'application/zip'],
    ['Report.XLSX', bytes('PK\x03\x04\x14\0'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['a.tar.gz', bytes('\x1f\x8b\x08\0'), 'application/gzip'],
    ['data.json', bytes('{"a":1}'), 'application/json'],
    ['data.CSV', bytes('a,b\n'), 'text/csv'],
    ['plot.svg', bytes('<svg xmlns="…"/>'), 'image/svg+xml'],
    ['page.html', bytes('<p>'), 'text/html'],
    ['notes.md', Buffer.from('# é'), 'text/markdown'],
    ['log', Buffer.from('plain é'), 'text/plain'],
    ['empty', bytes(''), 'text/plain'],
    ['archive.tar', bytes('a\0\xff'), 'application/x-tar'],
    ['page.html', bytes('<p>\xff\0'), 'application/octet-stream'],
    ['a.__proto__', bytes('x'), 'text/plain'],
    ['noise', bytes('\xff\xfe\0'), 'application/octet-stream'],
  ])('%s', (path, content, expected) => {
    expect(mediaTypeOf(path, content)).toBe(expected);
  });
});
