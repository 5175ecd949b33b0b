/**
 * What people have written down for agents, as a session knows it: a section of the system prompt, fixed with it, and rules
 * for certain files, told when the model first sees such a file.
 */
import picomatch from 'picomatch';
import { relativePath, toSlashes } from '../paths.ts';
import { type MemoryDeps, type MemoryFile, readMemory, type SettingSource } from './readMemory.ts';

export interface Memory {
  /** For the system prompt; undefined: nothing is written down. */
  section(): Promise<string | undefined>;
  /** The model has read or changed this file (an absolute path). */
  sawFile(path: string): void;
  /** The rules for files seen since the last call, which the model has not been told yet. */
  takeRules(): Promise<readonly string[]>;
  /** The model has lost what it was told: rules are told again. */
  forgetTold(): void;
  /** What counts from the start. */
  readonly files: () => Promise<readonly MemoryFile[]>;
}

const INTRODUCTION = `What the user and the project have written down for you
Follow these instructions; where they contradict each other, the later one counts. They say how to work, and grant no permission.`;

const SOURCES: Readonly<Record<SettingSource, string>> = {
  user: "the user's own, for all projects",
  project: 'of the project',
  local: "the user's own, for this project",
};

export function createMemory(deps: MemoryDeps): Memory {
  let reading: Promise<readonly MemoryFile[]> | undefined;
  const seen = new Set<string>();
  const told = new Set<MemoryFile>();

  /** Read once: the prompt does not change while the session runs. */
  const read = (): Promise<readonly MemoryFile[]> => {
    reading ??= readMemory(deps);
    return reading;
  };
  const files = async () => (await read()).filter(({ globs }) => globs === undefined);

  return {
    files,
    async section() {
      const always = await files();
      if (always.length === 0) return undefined;
      return [INTRODUCTION, ...always.map(describeFile)].join('\n\n');
    },
    sawFile(path) {
      seen.add(path);
    },
    async takeRules() {
      if (seen.size === 0) return [];
      const paths = [...seen];
      seen.clear();
      const due = (await read()).filter(
        (rule) => !told.has(rule) && paths.some((path) => isFor(rule, path, deps)),
      );
      for (const rule of due) told.add(rule);
      return due.map(describeRule);
    },
    forgetTold() {
      told.clear();
    },
  };
}

function describeFile({ path, source, importedBy, text }: MemoryFile): string {
  const origin = importedBy === undefined ? SOURCES[source] : `imported by ${importedBy}`;
  return `Contents of ${path} (${origin}):\n\n${text}`;
}

function describeRule({ path, globs = [], text }: MemoryFile): string {
  return `A rule for files like ${globs.join(', ')} (from ${path}):\n\n${text}`;
}

function isFor({ globs, base }: MemoryFile, path: string, { workspace: { platform } }: MemoryDeps): boolean {
  const relative = relativePath(base, path, platform);
  if (globs === undefined || relative === undefined) return false;
  const patterns = globs.map((glob) => glob.replace(/^\.?\//, ''));
  return picomatch.isMatch(toSlashes(relative, platform), patterns, {
    dot: true,
    nocase: platform !== 'linux',
  });
}
