import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';

/** One part of a body: a text or a file's content, its encoding, and the name before it. */
export interface CurlPart {
  readonly text?: string;
  /** `-` is stdin. */
  readonly file?: string;
  readonly form: 'lines-joined' | 'as-is' | 'encoded';
  readonly name?: string;
}

/** A field of a multipart form. */
export interface CurlField {
  readonly name: string;
  readonly text?: string;
  readonly file?: string;
  /** Whether the file keeps its name in the form. */
  readonly isUpload: boolean;
  readonly type?: string;
}

/** The parsed arguments of `curl`. */
export interface CurlWords {
  readonly urls: string[];
  readonly headers: string[];
  readonly parts: CurlPart[];
  readonly fields: CurlField[];
  /** Options by their long names: a value, or '' for options without one. */
  readonly options: Record<string, string | undefined>;
  /** Why the arguments are invalid. */
  wrong: string | undefined;
}

/** Makes the function that parses the arguments of `curl`. */
export function createCurlReader({ slice, indexOf }: Intrinsics): (words: readonly string[]) => CurlWords {
  const table = (text: string): Record<string, string | undefined> => {
    const names: Record<string, string | undefined> = { __proto__: null } as never;
    for (const pair of text.split(' ')) {
      const [name = '', short] = pair.split('/');
      names[name] = name;
      if (short !== undefined) names[short] = name;
    }
    return names;
  };
  const withValue = table(
    'request/X header/H data/d data-ascii data-raw data-binary data-urlencode json form/F form-string output/o ' +
      'dump-header/D write-out/w user-agent/A referer/e cookie/b user/u upload-file/T max-time/m max-redirs ' +
      'connect-timeout url cacert retry',
  );
  const without = table(
    'silent/s show-error/S fail/f fail-with-body location/L head/I include/i get/G remote-name/O insecure/k ' +
      'compressed globoff/g no-progress-meter no-buffer/N http1.1',
  );
  const splitAt = (text: string, mark: string): readonly [before: string, after: string | undefined] => {
    const at = indexOf(text, mark);
    return at < 0 ? [text, undefined] : [slice(text, 0, at), slice(text, at + 1)];
  };
  const encodedPart = (value: string): CurlPart => {
    const [equalName, content] = splitAt(value, '=');
    const [fileName, file] = splitAt(value, '@');
    if (content !== undefined && equalName.length < fileName.length) {
      return { text: content, form: 'encoded', ...(equalName !== '' && { name: equalName }) };
    }
    if (file !== undefined) return { file, form: 'encoded', ...(fileName !== '' && { name: fileName }) };
    if (content !== undefined) return { text: content, form: 'encoded', ...(equalName !== '' && { name: equalName }) };
    return { text: value, form: 'encoded' };
  };
  const field = (value: string, isPlain: boolean): CurlField | undefined => {
    const [name, content] = splitAt(value, '=');
    if (content === undefined) return undefined;
    const mark = isPlain ? '' : slice(content, 0, 1);
    if (mark !== '@' && mark !== '<') return { name, text: content, isUpload: false };
    const [file, rest = ''] = splitAt(slice(content, 1), ';');
    const [key, type] = splitAt(rest, '=');
    return { name, file, isUpload: mark === '@', ...(key === 'type' && type !== undefined && { type }) };
  };
  const take = (read: CurlWords, name: string, value: string): void => {
    const isFile = slice(value, 0, 1) === '@';
    if (name === 'header') read.headers.push(value);
    else if (name === 'url') read.urls.push(value);
    else if (name === 'data-raw') read.parts.push({ text: value, form: 'as-is' });
    else if (name === 'data-urlencode') read.parts.push(encodedPart(value));
    else if (name === 'data' || name === 'data-ascii' || name === 'data-binary' || name === 'json') {
      const form = name === 'data' || name === 'data-ascii' ? 'lines-joined' : 'as-is';
      read.parts.push(isFile ? { file: slice(value, 1), form } : { text: value, form: 'as-is' });
      if (name === 'json') read.options.json = '';
    } else if (name === 'form' || name === 'form-string') {
      const given = field(value, name === 'form-string');
      if (given === undefined) read.wrong = `the form field ${value} has no value`;
      else read.fields.push(given);
    } else read.options[name] = value;
  };
  return (words) => {
    const read: CurlWords = {
      ...{ urls: [], headers: [], parts: [], fields: [], wrong: undefined },
      options: { __proto__: null } as never,
    };
    for (let index = 0; index < words.length && read.wrong === undefined; index += 1) {
      const word = words[index] as string;
      if (slice(word, 0, 1) !== '-' || word === '-') {
        read.urls.push(word);
        continue;
      }
      const isLong = slice(word, 0, 2) === '--';
      for (let rest = slice(word, isLong ? 2 : 1); rest !== ''; ) {
        const letter = isLong ? rest : slice(rest, 0, 1);
        rest = isLong ? '' : slice(rest, 1);
        const [valued, flag] = [withValue[letter], without[letter]];
        if (valued !== undefined && isLong === letter.length > 1) {
          const value = rest === '' ? words[++index] : rest;
          if (value === undefined) read.wrong = `option ${word}: requires parameter`;
          else take(read, valued, value);
          break;
        }
        if (flag === undefined || isLong !== letter.length > 1) read.wrong = `option ${word}: is unknown here`;
        else read.options[flag] = '';
      }
    }
    if (read.wrong === undefined && read.urls.length === 0) read.wrong = 'no URL specified';
    return read;
  };
}
