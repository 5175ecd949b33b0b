/** Whether the model could read a file without anybody being asked. */
import { FileError } from '../ports.ts';
import { type AuthorizeDeps, judge } from './authorize.ts';

/** A path that leads nowhere it could lead is not to be read. */
export async function mayReadUnasked(
  path: string,
  { files, ...deps }: Pick<AuthorizeDeps, 'permissions' | 'files' | 'log'>,
): Promise<boolean> {
  try {
    const places = new Map([[path, await files.tracePath(path)]]);
    const question = { toolName: 'Read', input: {}, effects: [{ kind: 'read', path }], places } as const;
    return judge(question, deps).behavior === 'allow';
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}
