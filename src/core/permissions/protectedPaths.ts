/**
 * Places whose content is run or obeyed later by somebody else (git, shells, editors, package managers, the agent itself):
 * never written without asking, except where a person chose to bypass permissions.
 */
import { FOLDED_NAMES, foldName } from './nameFolding.ts';

const DIRECTORIES = new Set([
  '.git',
  '.vscode',
  '.idea',
  '.husky',
  '.cargo',
  '.devcontainer',
  '.yarn',
  '.mvn',
  '.claude',
  '.belay',
  '.ssh',
  '.aws',
  '.config',
]);

const FILES = new Set([
  '.gitconfig',
  '.gitmodules',
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.envrc',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.pnpmfile.cjs',
  'bunfig.toml',
  '.bazelrc',
  '.pre-commit-config.yaml',
  'gradle-wrapper.properties',
  'maven-wrapper.properties',
  '.devcontainer.json',
  '.ripgreprc',
  'pyrightconfig.json',
  '.mcp.json',
  'claude.md',
  'claude.local.md',
  'agents.md',
]);

const PATTERNS = [/^lefthook\./, /^\.pnp\./, /\.code-workspace$/];

/** The part of the path that makes it protected, or undefined. Compared as the most lenient of file systems does. */
export function findProtectedPart(path: string): string | undefined {
  const parts = path.split(/[\\/]+/).filter((part) => part !== '');
  const folded = parts.map((part) => foldName(part, FOLDED_NAMES).replace(/[. ]+$/, ''));
  const directory = folded.findIndex((part, index) => isProtectedDirectory(part, folded[index + 1]));
  if (directory !== -1) return parts[directory];
  const name = folded.at(-1);
  if (name === undefined) return undefined;
  return FILES.has(name) || PATTERNS.some((pattern) => pattern.test(name)) ? parts.at(-1) : undefined;
}

function isProtectedDirectory(part: string, next: string | undefined): boolean {
  if (DIRECTORIES.has(part)) return true;
  return (part === '.github' && next === 'workflows') || (part === 'node_modules' && next === '.bin');
}
