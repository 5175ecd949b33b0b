/** The operating system with one call that fails: the n-th of those that are made, on files and on open handles alike. */
import type { FileHandle } from 'node:fs/promises';
import { type FileOperations, systemFileOperations } from '../../../src/node/fileOperations.ts';

export interface FaultyOperations {
  readonly operations: FileOperations;
  /** Names of the calls made so far, in order. */
  readonly calls: readonly string[];
}

/**
 * `failAt`: index of the call that throws (1-based); 0: none does. Closing a handle closes it even when it fails. `lasting`:
 * all that follow throw as well, as if the process were dead.
 */
export function faultyOperations(
  failAt: number,
  { code = 'ENOSPC', lasting = false }: { readonly code?: string; readonly lasting?: boolean } = {},
): FaultyOperations {
  const calls: string[] = [];
  const count = (name: string): void => {
    calls.push(name);
    if (calls.length === failAt || (lasting && calls.length > failAt))
      throw Object.assign(new Error(`${code}: injected at ${name}`), { code });
  };
  const wrapHandle = (handle: FileHandle): FileHandle =>
    new Proxy(handle, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (name === 'close') await handle.close();
          count(`handle.${String(name)}`);
          return name === 'close' ? undefined : member.apply(handle, args);
        };
      },
    });
  const operations = new Proxy(systemFileOperations, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        count(String(name));
        const result: unknown = await member.apply(target, args);
        return name === 'open' ? wrapHandle(result as FileHandle) : result;
      };
    },
  });
  return { operations, calls };
}
