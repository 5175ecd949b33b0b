/**
 * The settings of a session, from the files the `.claude` conventions name and the policy of the machine: read when it
 * opens, and again whenever they may have changed. What is broken by then keeps forbidding and asking; what a project has
 * come to hold since a person saw it waits.
 */
import type { SettingSource } from '../context/readMemory.ts';
import { isAbsolutePath, isInside, joinPath } from '../paths.ts';
import type { RuleLayer } from '../permissions/decidePermission.ts';
import type { Platform } from '../ports.ts';
import type { Approvals } from './approvals.ts';
import { type HeldProject, holdProject, type PendingFile } from './holdProject.ts';
import { listPolicyFiles } from './managedPolicy.ts';
import { toRules } from './sessionSettings.ts';
import {
  ofProject,
  parseSettings,
  SettingsError,
  type SettingsFile,
  type SettingsLayer,
} from './settingsFile.ts';

export interface SettingsPlace {
  readonly configDir: string;
  readonly cwd: string;
  readonly platform: Platform;
  readonly sources: readonly SettingSource[];
  /** Whether the folder is trusted; undefined: the user's settings say so. */
  readonly isTrusted: () => boolean | undefined;
  /** The text of a file; undefined: it isn't there. May throw. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** What of the project a person has seen. */
  readonly approvals: Approvals;
  /** A person trusts the folder as it is when the session opens, whatever they saw before. */
  readonly approvesNow: boolean;
  /** Default: those of the platform. */
  readonly policyFiles?: readonly string[] | undefined;
  /** The servers that VS Code itself knows of the project count, too. */
  readonly readsEditorServers?: boolean;
}

export interface ReadSettings {
  /** What counts, weakest first. */
  readonly layers: readonly SettingsLayer[];
  readonly isTrusted: boolean;
  /** The project's `.mcp.json` as far as it counts; undefined: none does. */
  readonly servers: { readonly file: string; readonly text: string } | undefined;
  /** The same of its `.vscode/mcp.json`. */
  readonly editorServers: { readonly file: string; readonly text: string } | undefined;
  readonly pending: readonly PendingFile[];
  /** Files that can't be understood at the moment, by path, and why, for a person. */
  readonly problems: ReadonlyMap<string, string>;
}

interface SettingsFilePlace {
  readonly layer: RuleLayer;
  readonly path: string;
  readonly isOfProject: boolean;
}

interface ReadFile extends SettingsFilePlace {
  /** When it was last understood; empty: it wasn't there. */
  readonly text: string;
  readonly content: SettingsFile;
  readonly isBroken: boolean;
}

export class SettingsReader {
  /** Every file that has a say, there or not. */
  readonly files: readonly string[];
  readonly #place: SettingsPlace;
  readonly #files: readonly SettingsFilePlace[];
  readonly #serversFile: string;
  /** undefined: it has no say. */
  readonly #editorServersFile: string | undefined;
  /** Each file as it was last understood. */
  readonly #good = new Map<string, ReadFile>();
  #pending: readonly PendingFile[] = [];
  #isFirst = true;

  constructor(place: SettingsPlace) {
    this.#place = place;
    this.#files = listFiles(place);
    this.#serversFile = joinPath(place.cwd, '.mcp.json', place.platform);
    this.#editorServersFile =
      place.readsEditorServers === true
        ? joinPath(joinPath(place.cwd, '.vscode', place.platform), 'mcp.json', place.platform)
        : undefined;
    const record = place.approvals.file;
    this.files = [
      ...this.#files.map(({ path }) => path),
      this.#serversFile,
      ...(this.#editorServersFile === undefined ? [] : [this.#editorServersFile]),
      ...(record === undefined ? [] : [record]),
    ];
  }

  /**
   * The first time it throws SettingsError where a file is there and can't be understood: a deny rule must not be lost by a
   * comma. From then on such a file keeps what it said, but for what it allowed.
   */
  async read(): Promise<ReadSettings> {
    const problems = new Map<string, string>();
    const files: ReadFile[] = [];
    let isTrusted = this.#place.isTrusted();
    for (const file of this.#files) {
      // The user's own file comes first, and says what it trusts.
      if (file.layer !== 'user') isTrusted ??= isTrustedByUser(files, this.#place);
      files.push(await this.#readFile(file, { problems, isTrusted: isTrusted === true }));
    }
    isTrusted ??= false;
    const held = isTrusted ? await this.#holdProject(files, problems) : undefined;
    this.#pending = held?.pending ?? [];
    this.#isFirst = false;
    return {
      layers: files.flatMap((file) => toLayer(file, { held, isTrusted })),
      isTrusted,
      servers: held?.servers ? { file: this.#serversFile, text: held.servers } : undefined,
      editorServers:
        held?.editorServers && this.#editorServersFile !== undefined
          ? { file: this.#editorServersFile, text: held.editorServers }
          : undefined,
      pending: this.#pending,
      problems,
    };
  }

  /** Why not, for a person; undefined: the text with this hash is approved, and counts with the next `read`. */
  async approve(file: string, hash: string): Promise<string | undefined> {
    const { approvals } = this.#place;
    const found = this.#pending.find((each) => each.file === file);
    if (found === undefined) return `Nothing in ${file} waits for your leave.`;
    if (found.hash !== hash) return `${file} has changed since you looked at it. Look again.`;
    const texts = new Map(await approvals.read());
    await approvals.write(texts.set(file, found.after));
    return undefined;
  }

  /** A person changes a file through Belay: what they have approved of it changes alike, and nothing else of it. */
  async acceptChange(file: string, change: (text: string) => string): Promise<void> {
    const { approvals } = this.#place;
    const texts = await approvals.read();
    const isOfProject = this.#files.some((each) => each.isOfProject && each.path === file);
    if (texts === undefined || !isOfProject) return;
    await approvals.write(new Map(texts).set(file, change(texts.get(file) ?? '')));
  }

  async #readFile(place: SettingsFilePlace, { problems, isTrusted }: Reading): Promise<ReadFile> {
    const { path, layer } = place;
    const before = this.#good.get(path);
    try {
      const text = (await readText(path, this.#place)) ?? '';
      const content = parseSettings(text, path);
      toRules([{ layer, content, source: { file: path, text } }], SILENT);
      // Of a project that is trusted, a person is asked first.
      const isHeld = place.isOfProject && isTrusted;
      if (text === '' && !isHeld && before !== undefined && forbids(before.content))
        throw new SettingsError(`${path} is gone.`);
      const read = { ...place, text, content, isBroken: false };
      this.#good.set(path, read);
      return read;
    } catch (error) {
      if (!(error instanceof SettingsError) || this.#isFirst) throw error;
      problems.set(path, error.message);
      return { ...place, text: '', content: {}, ...before, isBroken: true };
    }
  }

  async #holdProject(files: readonly ReadFile[], problems: Map<string, string>): Promise<HeldProject> {
    const { sources, approvals, approvesNow } = this.#place;
    const read = sources.includes('project')
      ? (path: string | undefined) => this.#readServers(path, problems)
      : async () => undefined;
    const servers = await read(this.#serversFile);
    const editorServers = await read(this.#editorServersFile);
    const ofProject = files.filter(({ isOfProject }) => isOfProject);
    return holdProject({ files: ofProject, servers, editorServers }, approvals, approvesNow && this.#isFirst);
  }

  /** An empty text: it isn't there. undefined: it can't be read, which keeps nobody safe, so the session goes on without. */
  async #readServers(
    path: string | undefined,
    problems: Map<string, string>,
  ): Promise<ServersFile | undefined> {
    if (path === undefined) return undefined;
    try {
      return { path, text: (await readText(path, this.#place)) ?? '' };
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      problems.set(path, error.message);
      return undefined;
    }
  }
}

interface ServersFile {
  readonly path: string;
  readonly text: string;
}

interface Reading {
  readonly problems: Map<string, string>;
  readonly isTrusted: boolean;
}

const SILENT = { warn: () => undefined };

/** None for a file that says nothing. */
function toLayer(
  file: ReadFile,
  { held, isTrusted }: { readonly held: HeldProject | undefined; readonly isTrusted: boolean },
): readonly SettingsLayer[] {
  const { path, layer, isOfProject, isBroken } = file;
  const { text, content } = held?.files.get(path) ?? file;
  if (text === '') return [];
  const counting = isOfProject ? ofProject(content, isTrusted) : content;
  return [{ layer, content: isBroken ? withoutLeave(counting) : counting, source: { file: path, text } }];
}

/** Whether something would be lost with it that keeps somebody safe. */
function forbids({ permissions, hooks }: SettingsFile): boolean {
  const rules = [...(permissions?.deny ?? []), ...(permissions?.ask ?? [])];
  return rules.length > 0 || hooks !== undefined || permissions?.disableBypassPermissionsMode !== undefined;
}

/** Hooks stay: one of them may be what forbids. */
function withoutLeave(content: SettingsFile): SettingsFile {
  const { allow: _, additionalDirectories: __, defaultMode: ___, ...permissions } = content.permissions ?? {};
  return { ...content, permissions };
}

async function readText(path: string, place: SettingsPlace): Promise<string | undefined> {
  try {
    return await place.readText(path);
  } catch (cause) {
    throw new SettingsError(`The settings file ${path} can't be read: ${String(cause)}`, { cause });
  }
}

/** Weakest first. No client can leave out a policy. */
function listFiles(place: SettingsPlace): readonly SettingsFilePlace[] {
  const { configDir, cwd, platform, sources } = place;
  const ofFolder = (name: string): string => joinPath(cwd, `.claude/${name}`, platform);
  const named = [
    { layer: 'user', path: joinPath(configDir, 'settings.json', platform), isOfProject: false },
    { layer: 'project', path: ofFolder('settings.json'), isOfProject: true },
    { layer: 'local', path: ofFolder('settings.local.json'), isOfProject: true },
  ] as const;
  const policy = (place.policyFiles ?? listPolicyFiles(platform)).map(
    (path) => ({ layer: 'policy', path, isOfProject: false }) as const,
  );
  return [...named.filter(({ layer }) => sources.includes(layer)), ...policy];
}

function isTrustedByUser(own: readonly ReadFile[], { cwd, platform }: SettingsPlace): boolean {
  const folders = own.flatMap(({ layer, content }) =>
    layer === 'user' ? (content.trustedFolders ?? []) : [],
  );
  return folders.some((folder) => isAbsolutePath(folder, platform) && isInside(folder, cwd, platform));
}
