/** One case of `belay permissions test`: from its line to what a session would decide. */
import { homedir } from 'node:os';
import * as z from 'zod';
import { createRecordingFiles } from '../core/checkpoints/recordingFiles.ts';
import { buildQuestion, judge } from '../core/loop/authorize.ts';
import { isAbsolutePath, joinPath } from '../core/paths.ts';
import type { PermissionDecision, PermissionQuestion } from '../core/permissions/decidePermission.ts';
import { createPermissionState } from '../core/permissions/permissionState.ts';
import { FileError, type FileSystem, type Log, type Platform, type Workspace } from '../core/ports.ts';
import { findDefaultMode, toLayeredRules, toRules } from '../core/settings/sessionSettings.ts';
import { type SettingsLayer, settingsFile } from '../core/settings/settingsFile.ts';
import { createBuiltinTools } from '../core/tools/builtinTools.ts';
import { ReadState } from '../core/tools/readState.ts';
import { type AnyTool, ToolInputError } from '../core/tools/tool.ts';
import { createNodeFileSystem } from '../node/fileSystem.ts';
import { permissionMode } from '../protocol/permissions.ts';
import { toPlatform } from './headlessPorts.ts';

const rules = z.array(z.string()).optional();
const permissionCase = z.object({
  rules: z.strictObject({ allow: rules, ask: rules, deny: rules }).default({}),
  tool: z.string().min(1),
  path: z.string().optional(),
  command: z.string().optional(),
  url: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  mode: permissionMode.optional(),
  cwd: z.string().optional(),
  home: z.string().optional(),
  /** As the user's own settings file. */
  settings: settingsFile.default({}),
  platform: z.enum(['linux', 'darwin', 'win32']).optional(),
});
type PermissionCase = z.infer<typeof permissionCase>;

export interface CaseDecision {
  readonly decision: PermissionDecision['behavior'];
  /** For a person. */
  readonly reasons: readonly string[];
}

/** Throws Error for a line that is no case, SettingsError for rules that can't be understood. */
export async function decidePermissionCase(line: string, log: Log): Promise<CaseDecision> {
  const given = parseCase(line);
  const layers: readonly SettingsLayer[] = [{ layer: 'user', content: given.settings }];
  const workspace = buildWorkspace(given);
  const files = createFiles(workspace.platform);
  const permissions = createPermissionState({
    mode: given.mode ?? chooseMode(layers),
    rules: [
      ...toRules(layers, log),
      ...(['allow', 'ask', 'deny'] as const).flatMap((behavior) =>
        toLayeredRules(given.rules[behavior] ?? [], { behavior, layer: 'cliArg', log }),
      ),
    ],
    place: {
      workspace,
      realRoots: await Promise.all(workspace.roots.map((root) => files.realPath(root))),
      readableDirectories: [],
    },
    onModeChange: () => undefined,
  });
  const question = await toQuestion(given, { workspace, files });
  if (typeof question === 'string') return { decision: 'deny', reasons: [question] };
  const { behavior, reasons } = judge(question, { permissions, log });
  return { decision: behavior, reasons: reasons.map(({ text }) => text) };
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
  return parsed.data;
}

/** As a session that was started without leave to bypass. */
function chooseMode(layers: readonly SettingsLayer[]): z.infer<typeof permissionMode> {
  const mode = findDefaultMode(layers) ?? 'default';
  return mode === 'bypassPermissions' ? 'default' : mode;
}

function buildWorkspace(given: PermissionCase): Workspace {
  const platform = given.platform ?? ownPlatform;
  const cwd = takeFolder('cwd', given.cwd ?? process.cwd(), platform);
  const more = given.settings.permissions?.additionalDirectories ?? [];
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
function createFiles(platform: Platform): FileSystem {
  const files = createNodeFileSystem({ platform });
  const isOfDisk = (platform === 'win32') === (ownPlatform === 'win32');
  return isOfDisk ? files : { ...files, realPath: async (path) => path };
}

interface Place {
  readonly workspace: Workspace;
  readonly files: FileSystem;
}

/** A string says why the call is refused before anything is decided about it. Throws Error for a case that names no call. */
async function toQuestion(given: PermissionCase, place: Place): Promise<PermissionQuestion | string> {
  const { workspace, files } = place;
  const server = toServerCall(given);
  if (server !== undefined) return server;
  const tool = createBuiltinTools({ workspace, shellName: 'sh' }).find(({ name }) => name === given.tool);
  if (tool === undefined) throw new Error(`There is no built-in tool named ${JSON.stringify(given.tool)}.`);
  const view = { workspace, files: createRecordingFiles(files, undefined), readState: new ReadState() };
  try {
    return await buildQuestion({ tool, input: buildInput(given, tool), view }, { files });
  } catch (error) {
    if (error instanceof ToolInputError || error instanceof FileError) return error.message;
    throw error;
  }
}

/** A tool of an MCP server does what its server does, and it is as it was when the session began. */
function toServerCall({ tool: toolName, input = {} }: PermissionCase): PermissionQuestion | undefined {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(toolName) ?? [];
  if (server === undefined || tool === undefined) return undefined;
  const effects = [{ kind: 'mcp', server, tool, changed: false }] as const;
  return { toolName, input, effects, realPaths: new Map() };
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
