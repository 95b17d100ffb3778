import { type Workspace, WorkspaceError } from '../files/workspace.ts';
import { loadCrypto } from '../process/libraries.ts';
import { explainMissingModule, moduleNames } from '../program/modules.ts';
import { nodeSource } from './node-source.ts';

/** Longer addresses are not parsed, because that work runs on the host's own thread. */
const urlMaxLength = 65_536;
const settable = new Set([
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
]);

/**
 * Answers a realm's calls to its host. `drained`: whether the guest may write more output. Unknown questions get ''.
 */
export function answerGuestCall(
  question: string,
  subject: string,
  detail: string,
  workspace: Workspace,
  drained: () => boolean,
): string {
  switch (question) {
    case 'drained':
      return drained() ? 'yes' : 'no';
    case 'random':
      return loadCrypto()
        .randomBytes(Math.min(Math.max(Number(subject) || 0, 0), 65_536))
        .toString('latin1');
    case 'url':
      return describeUrl(subject, detail === '' ? undefined : detail);
    case 'url-set':
      return changeUrl(subject, detail);
    case 'module':
      return nodeSource(subject);
    case 'module-names':
      return moduleNames.join('\n');
    case 'missing-module':
      return explainMissingModule(subject);
    default:
      return answerFile(question, subject, detail, workspace);
  }
}

function answerFile(question: string, path: string, content: string, workspace: Workspace): string {
  try {
    switch (question) {
      case 'read-text':
        return `+${Buffer.from(workspace.read(path)).toString()}`;
      case 'size':
        return `+${workspace.read(path).length}`;
      case 'read-piece':
        return `+${pieceOf(workspace.read(path), Number(content)).toString('latin1')}`;
      case 'write-text':
        workspace.write(path, Buffer.from(content));
        return '+';
      case 'piece':
        // Only full pieces: each piece costs the host more memory than its bytes.
        if (content.length !== pieceBytes)
          throw new WorkspaceError(`Cannot write "${path}": a piece has the wrong size.`);
        workspace.takePiece(path, Buffer.from(content, 'latin1'));
        return '+';
      case 'write-bytes':
        workspace.writePieces(path, Buffer.from(content, 'latin1'));
        return '+';
      case 'append-bytes':
        workspace.appendPieces(path, Buffer.from(content, 'latin1'));
        return '+';
      case 'remove':
        workspace.remove(path);
        return '+';
      case 'collected':
        return workspace.collected(path.split('\n')).join('\n');
      case 'hand-over':
        workspace.handOver(path, Buffer.from(content, 'latin1'));
        return '+';
      case 'clear':
        workspace.clear();
        return '+';
      case 'list':
        return `+${workspace.entries.map(([name]) => name).join('\n')}`;
      default:
        return '';
    }
  } catch (error) {
    return `-${error instanceof WorkspaceError ? error.message : 'The workspace failed.'}`;
  }
}

/** Bytes of a file that a realm gets at a time. */
const pieceBytes = 262_144;

function pieceOf(content: Uint8Array, at: number): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.length).subarray(at, at + pieceBytes);
}

/** The parts of an address, one per line, in the order of `realm/url`; '' if it is not valid. */
function describeUrl(address: string, base: string | undefined): string {
  if (address.length + (base?.length ?? 0) > urlMaxLength) return '';
  const url = URL.parse(address, base);
  if (!url) return '';
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  return [href, origin, protocol, username, password, host, hostname, port, pathname, search, hash].join('\n');
}

function changeUrl(address: string, change: string): string {
  const at = change.indexOf('\n');
  const part = change.slice(0, at);
  const url = URL.parse(address);
  if (!url || !settable.has(part) || change.length > urlMaxLength) return '';
  try {
    Object.assign(url, { [part]: change.slice(at + 1) });
  } catch {
    return '';
  }
  return describeUrl(url.href, undefined);
}
