/** The folders of the workspace. */
import { useModel } from './context.ts';

const NONE: readonly string[] = [];

/** Absolute paths, the one the agent works in first; empty when no folder is open. */
export function useFolders(): readonly string[] {
  return useModel((model) => model.host?.folders ?? NONE);
}
