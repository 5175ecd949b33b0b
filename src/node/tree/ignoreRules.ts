/**
 * Which untracked folders and files are not worth keeping: what .gitignore files say, and folders that tools fill and can fill
 * again. It decides what is captured, never what is deleted.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { toSystemPath } from '../systemPath.ts';

/** Folders of dependencies, caches and other version control, also where nothing names them. */
const GENERATED: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  '.hg',
  '.svn',
  '.jj',
  '__pycache__',
  '.venv',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.gradle',
  '.terraform',
  '.next',
  '.nuxt',
  '.turbo',
  '.parcel-cache',
  '.svelte-kit',
]);

export interface IgnoreRulesOptions {
  /** No .gitignore above it counts. Absolute, with "/". */
  readonly top: string;
  /** Texts of rules that hold for all of it, weakest first. */
  readonly shared: readonly string[];
}

export class IgnoreRules {
  readonly #top: string;
  readonly #shared: Ignore | undefined;
  /** By folder; undefined: it has no rules. */
  readonly #rules = new Map<string, Ignore | undefined>();

  constructor({ top, shared }: IgnoreRulesOptions) {
    this.#top = top;
    this.#shared = shared.length === 0 ? undefined : createIgnore().add([...shared]);
  }

  /** The files with rules are read again. */
  refresh(): void {
    this.#rules.clear();
  }

  /** Absolute, with "/". The folders above it are not ignored. */
  ignoresFolder(path: string): boolean {
    return GENERATED.has(path.slice(path.lastIndexOf('/') + 1)) || this.#ignores(path, '/');
  }

  ignoresFile(path: string): boolean {
    return this.#ignores(path, '');
  }

  #ignores(path: string, ending: '/' | ''): boolean {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const verdict = this.#rulesOf(folder)?.test(
        path.slice(folder === '/' ? 1 : folder.length + 1) + ending,
      );
      if (verdict?.ignored === true) return true;
      if (verdict?.unignored === true) return false;
      if (folder.length <= this.#top.length) break;
    }
    const below = path.slice(this.#top === '/' ? 1 : this.#top.length + 1);
    return this.#shared?.ignores(below + ending) === true;
  }

  #rulesOf(folder: string): Ignore | undefined {
    if (this.#rules.has(folder)) return this.#rules.get(folder);
    const text = readText(`${folder}/.gitignore`);
    const rules = text === undefined ? undefined : createIgnore().add(text);
    this.#rules.set(folder, rules);
    return rules;
  }
}

/** Git tells upper and lower case apart where the system does; what isn't ignored is only kept once too often. */
function createIgnore(): Ignore {
  return ignore({ ignorecase: process.platform === 'win32' || process.platform === 'darwin' });
}

/** A text of rules that is larger is none. Bytes. */
const LARGEST_TEXT = 4 * 1024 * 1024;

/** undefined: not there, not to be read, or no file. */
export function readText(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    // A pipe would be waited for.
    descriptor = openSync(toSystemPath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    return stats.isFile() && stats.size <= LARGEST_TEXT ? readFileSync(descriptor, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
