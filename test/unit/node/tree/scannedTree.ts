/** A folder on the disk, a scanner that looks at it, and what it says in short. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type {
  EncodedContent,
  ScanOptions,
  SeenState,
  TreeScanner,
  TreeScanners,
} from '../../../../src/core/checkpoints/tree/treeScanner.ts';
import { createLocalScanners } from '../../../support/memory/treeThreads.ts';

export interface ScannedTreeOptions {
  readonly scanners?: TreeScanners;
  readonly trusted?: boolean;
  /** Below the root. */
  readonly except?: readonly string[];
}

/** Path below the root -> what it was and what it is. */
export type Changes = Readonly<Record<string, string>>;

export class ScannedTree {
  readonly folder = realpathSync(mkdtempSync(join(findFolder(), 'belay-tree-')));
  readonly root = join(this.folder, 'work');
  readonly storage = join(this.folder, 'storage');
  /** SHA-256 -> bytes that were handed out. */
  readonly kept = new Map<string, Buffer>();
  readonly #options: ScannedTreeOptions;
  #scanner: TreeScanner | undefined;

  constructor(options: ScannedTreeOptions = {}) {
    this.#options = options;
    mkdirSync(this.root);
  }

  at(name: string): string {
    return join(this.root, name);
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(this.at(name)), { recursive: true });
      writeFileSync(this.at(name), content);
    }
  }

  /** Makes a repository of it, with all that is there committed, and old enough for git to vouch for it. */
  commit(...init: readonly string[]): void {
    if (!existsSync(this.at('.git'))) this.git('init', '-q', ...init);
    this.age();
    this.git('-c', 'advice.addEmbeddedRepo=false', 'add', '-A');
    this.git('commit', '-qm', 'all');
  }

  /** As if everything had been written an hour ago. */
  age(): void {
    this.run("find . -name .git -prune -o -exec touch -h -d '1 hour ago' {} +");
  }

  git(...args: readonly string[]): string {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'protocol.file.allow=always'];
    return execFileSync('git', [...identity, ...args], { cwd: this.root, encoding: 'utf8' });
  }

  run(command: string): void {
    execFileSync('bash', ['--noprofile', '--norc', '-ec', command], { cwd: this.root });
  }

  async scanner(): Promise<TreeScanner> {
    const { scanners = createLocalScanners(), trusted = true, except = [] } = this.#options;
    if (this.#scanner !== undefined) return this.#scanner;
    const paths = except.map((name) => this.at(name));
    this.#scanner = scanners.open({ root: this.root, except: paths, trusted });
    this.#scanner.keepIn({ storage: this.storage, kept: new Set(this.kept.keys()) });
    return this.#scanner;
  }

  async look(options: Partial<ScanOptions> = {}): Promise<Changes> {
    const scanner = await this.scanner();
    const { changes } = await scanner.scan({ keep: async (contents) => this.#keep(contents), ...options });
    const told: [string, string][] = [];
    for (const { path, before, after } of changes)
      told.push([
        path.slice(this.root.length + 1),
        `${await this.#tell(before)} => ${await this.#tell(after)}`,
      ]);
    if (new Set(told.map(([path]) => path)).size !== told.length)
      throw new Error(`A path is told of twice: ${JSON.stringify(told)}`);
    return Object.fromEntries(told.sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #keep(contents: readonly EncodedContent[]): void {
    for (const { sha256, codec, stored } of contents)
      this.kept.set(sha256, codec === 'raw' ? Buffer.from(stored) : inflateRawSync(stored));
  }

  async #tell(state: SeenState): Promise<string> {
    switch (state.kind) {
      case 'absent':
        return 'nothing';
      case 'directory':
        return `folder ${state.mode.toString(8)}`;
      case 'symlink':
        return `-> ${state.target}`;
      case 'file':
        return `${state.mode.toString(8)} ${await this.#read(state.content)}`;
    }
  }

  async #read(content: Extract<SeenState, { kind: 'file' }>['content']): Promise<string> {
    if (content.kind === 'none') return '(unkept)';
    if (content.kind === 'sha256') return this.kept.get(content.sha256)?.toString('latin1') ?? '(lost)';
    const found = await (await this.scanner()).readGit(content.repository, [content.oid]);
    const bytes = found.get(content.oid);
    return bytes === undefined ? '(lost)' : Buffer.from(bytes).toString('latin1');
  }

  /** It is known for the next time. */
  async save(): Promise<void> {
    await (await this.scanner()).save();
  }

  async close(): Promise<void> {
    await this.#scanner?.close();
    this.#scanner = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** Where the system has a file system in memory: none of this depends on what a flush costs. */
function findFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
