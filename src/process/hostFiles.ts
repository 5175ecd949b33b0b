/**
 * The file system as somebody at the editor sees it, from a process that is not the editor's: a file that an editor holds is
 * read from and written through its document by the host; the rest goes to the disk, from here.
 */
import type { Peer } from '../channel/peer.ts';
import { FileError, type FileSystem } from '../core/ports.ts';

/** `disk` is asked for everything that no document holds. */
export function createHostFiles(disk: FileSystem, host: Pick<Peer, 'request'>): FileSystem {
  const find = (path: string) => host.request('belay/document_find', { path });
  return {
    ...disk,
    hasUnsavedChanges: async (path) => (await find(path)).isUnsaved,

    async readFile(path, options = {}) {
      const { maxBytes, signal } = options;
      const answer = await host.request(
        'belay/document_read',
        { path, ...(maxBytes === undefined ? {} : { maxBytes }) },
        signal === undefined ? {} : { signal },
      );
      switch (answer.kind) {
        case 'disk':
          return disk.readFile(path, options);
        case 'read':
          return toBytes(answer.content);
        case 'failed':
          throw new FileError(answer.code, path, answer.message);
        default:
          return answer satisfies never;
      }
    },

    async writeFile(path, bytes, options) {
      const { isHeld, isUnsaved } = await find(path);
      if (!isHeld && !isUnsaved) return disk.writeFile(path, bytes, options);
      const content = Buffer.from(bytes).toString('base64');
      const answer = await host.request('belay/document_write', { path, content, ...options });
      if (answer.kind === 'failed') throw new FileError(answer.code, path, answer.message);
      return { bytes: toBytes(answer.content), changedOnSave: answer.changedOnSave };
    },
  };
}

function toBytes(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content, 'base64'));
}
