import { describe, expect, it } from 'vitest';
import { FileError } from '../../../../src/core/ports.ts';
import { describeFileError } from '../../../../src/core/tools/toolOutcome.ts';

describe('a file that is busy', () => {
  it('is in use by another program where the system says so', () => {
    const error = new FileError('EBUSY', '/w/a.txt', 'EBUSY', { cause: new Error('EBUSY: resource busy') });
    expect(describeFileError(error)).toBe(
      '/w/a.txt is in use by another program. Try again, or tell the user.',
    );
  });

  it('is what Belay itself has found out about it otherwise', () => {
    const error = new FileError('EBUSY', '/w/a.txt', 'it has unsaved changes');
    expect(describeFileError(error)).toBe('/w/a.txt: it has unsaved changes');
  });
});
