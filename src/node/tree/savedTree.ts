/** How a part of a tree looked, on the disk: it spares reading everything again, no more. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SavedFolder } from './folder.ts';

export interface SavedTree {
  /** Names the moment; absent: nothing was saved. */
  readonly moment?: string | undefined;
  readonly folders: readonly SavedFolder[];
}

/** Of what lies in the file. */
const VERSION = 1;

/** What can't be read is as good as not there. */
export function readSaved(file: string): SavedTree {
  try {
    const { version, moment, folders } = deserialize(inflateRawSync(readFileSync(file)));
    return version === VERSION ? { moment, folders } : { folders: [] };
  } catch {
    return { folders: [] };
  }
}

/** Throws what the system says. */
export function writeSaved(file: string, { moment, folders }: SavedTree): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  const packed = deflateRawSync(serialize({ version: VERSION, moment, folders }), { level: 1 });
  writeFileSync(temporary, packed, { mode: 0o600 });
  renameSync(temporary, file);
}
