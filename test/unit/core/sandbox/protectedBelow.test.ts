import { expect, it } from 'vitest';
import { FileError } from '../../../../src/core/ports.ts';
import { findProtectedBelow } from '../../../../src/core/sandbox/protectedBelow.ts';

const find = (code: string) => {
  const readDirectory = async (path: string) => {
    throw new FileError(code, path, code);
  };
  return findProtectedBelow('/hills', { files: { readDirectory }, platform: 'linux' });
};

it.each(['ENOENT', 'ENOTDIR'])('nothing lies in what is no folder (%s)', async (code) => {
  expect(await find(code)).toEqual([]);
});

it.each(['EACCES', 'EIO', 'EMFILE'])(
  'a folder that cannot be looked into is kept whole (%s)',
  async (code) => {
    expect(await find(code)).toEqual(['/hills']);
  },
);
