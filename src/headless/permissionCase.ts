/** One case of `belay permissions test`: from its line to what a session would decide. */
import { homedir } from 'node:os';
import * as z from 'zod';
import { createRecordingFiles } from '../core/checkpoints/recordingFiles.ts';
import { buildQuestion, judge } from '../core/loop/authorize.ts';
import { isAbsolutePath, joinPath } from '../core/paths.ts';
import type { PermissionDecision, PermissionQuestion } from '../core/permissions/decidePermission.ts';
import { EXACT_NAMES, FOLDED_NAMES } from '../core/permissions/nameFolding.ts';
import { createPermissionState } from '../core/permissions/permissionState.ts';
import {
  FileError,
  type FileSystem,
  type Log,
  type PathTrace,
  type Platform,
  type Workspace,
} from '../core/ports.ts';
import { findDefaultMode, toLayeredRules, toRules } from '../core/settings/sessionSettings.ts';
import { type SettingsFile, type SettingsLayer, settingsFile } from '../core/settings/settingsFile.ts';
import { createBuiltinTools } from '../core/tools/builtinTools.ts';
import { ReadState } from '../core/tools/readState.ts';
import { type AnyTool, type Effect, ToolInputError } from '../core/tools/tool.ts';
import { createNodeFileSystem } from '../node/fileSystem.ts';
import { permissionMode } from '../protocol/permissions.ts';
import { toPlatform } from './headlessPorts.ts';

const rules = z.array(z.string()).optional();
const permissionCase = z.object({
  rules: z.strictObject({ allow: rules, ask: rules, deny: rules }).default({}),
  tool: z.string().min(1).optional(),
  path: z.string().optional(),
  command: z.string().optional(),
  url: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  mode: permissionMode.optional(),
  cwd: z.string().optional(),
  home: z.string().optional(),
  /** Whose settings `rules` are, or more rules, as the content of the user's settings file. */
  settings: z.union([z.enum(['user', 'project', 'local', 'policy']), settingsFile]).default({}),
  additionalDirectories: z.array(z.string()).optional(),
  platform: z.enum(['linux', 'darwin', 'win32']).optional(),
});
type PermissionCase = z.infer<typeof permissionCase> & { readonly tool: string };

export interface CaseDecision {
  readonly decision: PermissionDecision['behavior'];
  /** For a person. */
  readonly reasons: readonly string[];
}

export interface CaseOptions {
  readonly log: Log;
  /** The disk that cases speak of, by the platform of the case. Default: this machine's. */
  readonly files?: (platform: Platform) => CaseFiles;
}

type CaseFiles = Pick<FileSystem, 'realPath' | 'tracePath'>;

/** Throws Error for a line that is no case, SettingsError for rules that can't be understood. */
export async function decidePermissionCase(line: string, options: CaseOptions): Promise<CaseDecision> {
  const { log } = options;
  const given = parseCase(line);
  const own = typeof given.settings === 'string' ? {} : given.settings;
  const layers: readonly SettingsLayer[] = [{ layer: 'user', content: own }];
  const layer = typeof given.settings === 'string' ? given.settings : 'cliArg';
  const workspace = buildWorkspace(given, own);
  const files = (options.files ?? createFiles)(workspace.platform);
  const permissions = createPermissionState({
    mode: given.mode ?? chooseMode(layers),
    rules: [
      ...toRules(layers, log),
      ...(['allow', 'ask', 'deny'] as const).flatMap((behavior) =>
        toLayeredRules(given.rules[behavior] ?? [], { behavior, layer, log }),
      ),
    ],
    place: {
      workspace,
      realRoots: await Promise.all(workspace.roots.map((root) => files.realPath(root))),
      readableDirectories: [],
    },
    onModeChange: () => undefined,
  });
  const { question, refusal } = await toQuestion(given, { workspace, files });
  const { behavior, reasons } = judge(question, { permissions, log });
  const texts = reasons.map(({ text }) => text);
  if (refusal === undefined) return { decision: behavior, reasons: texts };
  // What the tool itself refuses is not run, whoever allows it.
  return { decision: behavior === 'allow' ? 'deny' : behavior, reasons: [...texts, refusal] };
}

function parseCase(line: string): PermissionCase {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`The line is not JSON: ${String(cause)}`, { cause });
  }
  const parsed = permissionCase.safeParse(value);
  if (!parsed.success) throw new Error(`The line is no case:\n${z.prettifyError(parsed.error)}`);
  const { tool = parsed.data.command === undefined ? undefined : 'Bash' } = parsed.data;
  if (tool === undefined) throw new Error('The line is no case: it names no "tool".');
  return { ...parsed.data, tool };
}

/** As a session that was started without leave to bypass. */
function chooseMode(layers: readonly SettingsLayer[]): z.infer<typeof permissionMode> {
  const mode = findDefaultMode(layers) ?? 'default';
  return mode === 'bypassPermissions' ? 'default' : mode;
}

function buildWorkspace(given: PermissionCase, settings: SettingsFile): Workspace {
  const platform = given.platform ?? ownPlatform;
  const cwd = takeFolder('cwd', given.cwd ?? process.cwd(), platform);
  const more = [
    ...(settings.permissions?.additionalDirectories ?? []),
    ...(given.additionalDirectories ?? []),
  ];
  return {
    cwd,
    roots: [...new Set([cwd, ...more.map((folder) => joinPath(cwd, folder, platform))])],
    home: takeHome(given, { cwd, platform }),
    platform,
    trusted: true,
    osDescription: '',
  };
}

/** On another platform there is no home to take: a case that names none must not speak of it. */
function takeHome(given: PermissionCase, { cwd, platform }: Pick<Workspace, 'cwd' | 'platform'>): string {
  if (given.home !== undefined) return takeFolder('home', given.home, platform);
  if (isAbsolutePath(homedir(), platform)) return homedir();
  if (!JSON.stringify(given).includes('"~') && !JSON.stringify(given).includes('(~')) return cwd;
  throw new Error(`A case with ~ on ${platform} needs "home".`);
}

function takeFolder(field: string, folder: string, platform: Platform): string {
  if (isAbsolutePath(folder, platform)) return joinPath(folder, '.', platform);
  throw new Error(`"${field}" must be an absolute path on ${platform}, not ${JSON.stringify(folder)}.`);
}

const ownPlatform = toPlatform(process.platform);

/** Of paths that can't be on this machine's disk every one is taken to lead where it says. */
function createFiles(platform: Platform): CaseFiles {
  const files = createNodeFileSystem({ platform });
  if (platform === ownPlatform) return files;
  const folding = platform === 'linux' ? EXACT_NAMES : FOLDED_NAMES;
  const isOfDisk = platform !== 'win32' && ownPlatform !== 'win32';
  return {
    realPath: async (path) => (isOfDisk ? files.realPath(path) : path),
    tracePath: async (path) => ({
      ...(isOfDisk ? await files.tracePath(path) : { real: path, hops: [] }),
      folding,
    }),
  };
}

interface Place {
  readonly workspace: Workspace;
  readonly files: CaseFiles;
}

interface CaseQuestion {
  readonly question: PermissionQuestion;
  /** Why the tool would not run, whatever is decided. */
  readonly refusal: string | undefined;
}

/** Throws Error for a case that names no call. */
async function toQuestion(given: PermissionCase, { workspace, files }: Place): Promise<CaseQuestion> {
  const server = toServerCall(given);
  if (server !== undefined) return { question: server, refusal: undefined };
  const tool = createBuiltinTools({ workspace, shellName: 'sh' }).find(({ name }) => name === given.tool);
  if (tool === undefined) throw new Error(`There is no built-in tool named ${JSON.stringify(given.tool)}.`);
  const input = buildInput(given, tool);
  const disk = { ...createNodeFileSystem({ platform: workspace.platform }), ...files };
  const view = { workspace, files: createRecordingFiles(disk, undefined), readState: new ReadState() };
  try {
    return { question: await buildQuestion({ tool, input, view }, { files }), refusal: undefined };
  } catch (error) {
    if (!(error instanceof ToolInputError || error instanceof FileError)) throw error;
    const effects = toPlainEffects(given, workspace);
    if (effects.length === 0) throw error;
    const places = new Map<string, PathTrace>();
    return { question: { toolName: tool.name, input, effects, places }, refusal: error.message };
  }
}

/** What the call touches as it is written, for a tool that refuses to say. */
function toPlainEffects(
  { tool, path, command }: PermissionCase,
  { cwd, platform }: Workspace,
): readonly Effect[] {
  if (command !== undefined) return [{ kind: 'execute', command, cwd }];
  if (path === undefined) return [];
  const isWhole = isAbsolutePath(path, platform) || /^[\\/]/.test(path);
  const kind = ['Edit', 'Write', 'NotebookEdit'].includes(tool) ? 'write' : 'read';
  return [{ kind, path: isWhole ? path : `${cwd}/${path}` }];
}

/** A tool of an MCP server does what its server does, and it is as it was when the session began. */
function toServerCall({ tool: toolName, input = {} }: PermissionCase): PermissionQuestion | undefined {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(toolName) ?? [];
  if (server === undefined || tool === undefined) return undefined;
  const effects = [{ kind: 'mcp', server, tool, changed: false }] as const;
  return { toolName, input, effects, places: new Map() };
}

type ShortField = 'path' | 'command' | 'url';

interface ShortForm {
  readonly field: ShortField;
  /** The field in the tool's input. */
  readonly name: string;
  /** What the tool also must have, and permissions don't hang on. */
  readonly rest: Readonly<Record<string, unknown>>;
}

const SHORT_FORMS: ReadonlyMap<string, ShortForm> = new Map([
  ['Read', { field: 'path', name: 'file_path', rest: {} }],
  ['Edit', { field: 'path', name: 'file_path', rest: { old_string: 'a', new_string: 'b' } }],
  ['Write', { field: 'path', name: 'file_path', rest: { content: '' } }],
  ['NotebookEdit', { field: 'path', name: 'notebook_path', rest: { new_source: '' } }],
  ['Glob', { field: 'path', name: 'path', rest: { pattern: '*' } }],
  ['Grep', { field: 'path', name: 'path', rest: { pattern: '.' } }],
  ['Bash', { field: 'command', name: 'command', rest: {} }],
  ['WebFetch', { field: 'url', name: 'url', rest: { prompt: '' } }],
]);

/** Throws Error for input that the tool would not take. */
function buildInput(given: PermissionCase, tool: AnyTool): Readonly<Record<string, unknown>> {
  const form = SHORT_FORMS.get(tool.name);
  const input: Record<string, unknown> = { ...(given.input ?? form?.rest) };
  for (const field of ['path', 'command', 'url'] as const) {
    if (given[field] === undefined) continue;
    if (form?.field !== field) throw new Error(`${tool.name} has no "${field}"; say it with "input".`);
    input[form.name] = given[field];
  }
  const parsed = tool.inputSchema.safeParse(input);
  if (parsed.success) return input;
  throw new Error(`The input does not fit ${tool.name}:\n${z.prettifyError(parsed.error)}`);
}
