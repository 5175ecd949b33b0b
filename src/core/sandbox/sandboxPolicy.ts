/** What a command may do in the sandbox, out of settings, the rules of the session and where it works. */
import picomatch from 'picomatch';
import { joinPath } from '../paths.ts';
import type { PermissionContext } from '../permissions/decidePermission.ts';
import type { FileSystem, SandboxPolicy } from '../ports.ts';
import { findProtectedBelow } from './protectedBelow.ts';
import { isPattern, toDeniedGlobs } from './ruleGlobs.ts';
import type { SandboxOptions } from './sandboxSettings.ts';

export interface PolicyParts {
  readonly options: SandboxOptions;
  /** As it is now: rules and folders change while a session runs. */
  readonly context: PermissionContext;
  readonly files: Pick<FileSystem, 'readDirectory'>;
}

/** Below the home folder: keys, what has been signed in to, what was typed, and what agents have kept of other projects. */
const PRIVATE = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.kube',
  '.config/gcloud',
  '.config/gh',
  '.config/op',
  '.docker/config.json',
  '.netrc',
  '.git-credentials',
  '.config/git/credentials',
  '.npmrc',
  '.pypirc',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.terraform.d/credentials.tfrc.json',
  '.password-store',
  '.local/share/keyrings',
  'Library/Keychains',
  '.bash_history',
  '.zsh_history',
  '.claude/.credentials.json',
  '.claude/projects',
  '.belay/projects',
  '.belay/storage',
];

export async function buildSandboxPolicy({ options, context, files }: PolicyParts): Promise<SandboxPolicy> {
  const { workspace, realRoots, additionalDirectories, rules } = context;
  const { home, platform } = workspace;
  const writable = [...new Set([...workspace.roots, ...realRoots, ...additionalDirectories])];
  const editDenied = toDeniedGlobs(rules, 'Edit', workspace).map(withoutTail);
  const patterns = editDenied.filter(isPattern);
  const isDenied = picomatch([...patterns], { dot: true, nocase: platform !== 'linux' });
  const search = { files, platform, ...(patterns.length > 0 ? { isDenied } : {}) };
  const write = [...writable, ...options.allowWrite.map(withoutTail)];
  const kept = await Promise.all(write.map((root) => findProtectedBelow(root, search)));
  const denyRead = [...options.denyRead, ...toDeniedGlobs(rules, 'Read', workspace)].map(withoutTail);
  return {
    write,
    denyWrite: [
      ...new Set([
        ...options.denyWrite.map(withoutTail),
        ...editDenied.filter((path) => !isPattern(path)),
        ...kept.flat(),
      ]),
    ],
    denyRead: [
      ...PRIVATE.map((name) => joinPath(home, name, platform)),
      '/etc/shadow',
      ...denyRead.filter((path) => !isPattern(path)),
    ],
    denyReadPatterns: denyRead.filter(isPattern),
    allowRead: options.allowRead.map(withoutTail),
    dropEnvironment: options.dropEnvironment,
    network: {
      allowedDomains: options.allowedDomains,
      deniedDomains: options.deniedDomains,
      unixSockets: options.unixSockets,
      allUnixSockets: options.allUnixSockets,
      localBinding: options.localBinding,
    },
    hostProc: options.hostProc,
  };
}

/** A folder stands for all below it, with or without saying so. */
function withoutTail(path: string): string {
  return path.replace(/(?:\/\*\*)+\/?$/, '') || '/';
}
