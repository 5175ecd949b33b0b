/** From the command line to what is asked for. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { splitRules } from '../core/permissions/parseRule.ts';
import { agentDefinition } from '../protocol/agents.ts';
import { permissionMode } from '../protocol/permissions.ts';
import { UsageError } from './exitCodes.ts';
import { buildParserOptions, FLAGS, type Flag } from './flags.ts';

const list = z.array(z.string()).default([]);
const flag = z.boolean().default(false);
const format = z.enum(['text', 'json', 'stream-json']);
const source = z.enum(['user', 'project', 'local']);
const positive = z.coerce.number().positive();

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue(`not JSON (${error instanceof Error ? error.message : String(error)})`);
    return z.NEVER;
  }
});

const parsedFlags = z.object({
  help: flag,
  version: flag,
  'output-format': format.default('text'),
  'input-format': format.exclude(['json']).default('text'),
  model: z.string().optional(),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
  'permission-mode': permissionMode.optional(),
  'allow-dangerously-skip-permissions': flag,
  'dangerously-skip-permissions': flag,
  allowedTools: list,
  disallowedTools: list,
  'allowed-tools': list,
  'disallowed-tools': list,
  tools: z.array(z.string()).optional(),
  'permission-prompt-tool': z.literal('stdio').optional(),
  'max-turns': positive.int().optional(),
  'max-budget-usd': positive.optional(),
  continue: flag,
  resume: z.string().optional(),
  'resume-session-at': z.string().optional(),
  'fork-session': flag,
  'session-id': z.uuid().optional(),
  'no-session-persistence': flag,
  'system-prompt': z.string().optional(),
  'append-system-prompt': z.string().optional(),
  'setting-sources': z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(source))
    .optional(),
  trust: flag,
  settings: z.string().optional(),
  'add-dir': list,
  'include-partial-messages': flag,
  'replay-user-messages': flag,
  'mcp-config': list,
  'mcp-sampling': flag,
  'strict-mcp-config': flag,
  agents: json.pipe(z.record(z.string(), agentDefinition)).optional(),
  'json-schema': json.pipe(z.record(z.string(), z.unknown())).optional(),
  thinking: z.enum(['adaptive', 'enabled', 'disabled']).optional(),
  'max-thinking-tokens': z.coerce.number().int().nonnegative().optional(),
  'include-hook-events': flag,
  verbose: flag,
  debug: flag,
  'debug-file': z.string().optional(),
});

export type SettingSource = z.infer<typeof source>;
export type OutputFormat = z.infer<typeof format>;

export interface Invocation
  extends Omit<z.infer<typeof parsedFlags>, 'tools' | 'allowed-tools' | 'disallowed-tools'> {
  /** Rules, as they were written. */
  readonly allowedTools: string[];
  readonly disallowedTools: string[];
  /** The only built-in tools; undefined: all. */
  readonly tools: readonly string[] | undefined;
  /** undefined: none on the command line. */
  readonly prompt: string | undefined;
  /** Flags that were given and mean nothing here. */
  readonly noted: readonly string[];
}

/** `argv`: without node and the script. Throws UsageError. */
export function parseInvocation(argv: readonly string[]): Invocation {
  const { values, positionals } = readArgv(argv);
  const parsed = parsedFlags.safeParse(values);
  if (!parsed.success) throw new UsageError(describe(parsed.error));
  const { tools, 'allowed-tools': moreAllowed, 'disallowed-tools': moreDenied, ...flags } = parsed.data;
  const invocation: Invocation = {
    ...flags,
    allowedTools: [...flags.allowedTools, ...moreAllowed].flatMap(splitRules),
    disallowedTools: [...flags.disallowedTools, ...moreDenied].flatMap(splitRules),
    tools: toToolNames(tools),
    prompt: positionals.length === 0 ? undefined : positionals.join(' '),
    noted: Object.keys(values).filter((name) => isNoted(name)),
  };
  const problem = findProblem(invocation);
  if (problem !== undefined) throw new UsageError(problem);
  return invocation;
}

function readArgv(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: buildParserOptions(),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join('\n');
}

function toToolNames(given: readonly string[] | undefined): readonly string[] | undefined {
  const names = given?.flatMap(splitRules);
  return names?.includes('default') ? undefined : names;
}

function isNoted(name: string): boolean {
  return (FLAGS as Readonly<Record<string, Flag>>)[name]?.isNoted === true;
}

/** Flags that don't go together. */
function findProblem(given: Invocation): string | undefined {
  const isStream = given['input-format'] === 'stream-json';
  const isBypass = given['permission-mode'] === 'bypassPermissions';
  if (isStream && given['output-format'] !== 'stream-json')
    return '--input-format stream-json goes with --output-format stream-json only';
  if (isStream && given.prompt !== undefined)
    return '--input-format stream-json takes prompts from standard input only';
  if (!isStream && given['permission-prompt-tool'] !== undefined)
    return '--permission-prompt-tool stdio goes with --input-format stream-json only';
  if (isBypass && !mayBypass(given))
    return '--permission-mode bypassPermissions goes with --allow-dangerously-skip-permissions only';
  if (given.continue && given.resume !== undefined) return '--continue and --resume exclude each other';
  const isOld = given.continue || given.resume !== undefined;
  if (!isOld && (given['fork-session'] || given['resume-session-at'] !== undefined))
    return '--fork-session and --resume-session-at go with --resume or --continue only';
  if (isOld && !given['fork-session'] && given['session-id'] !== undefined)
    return '--session-id names a new session: with --resume or --continue it goes with --fork-session only';
  return undefined;
}

export function mayBypass(given: Invocation): boolean {
  return given['allow-dangerously-skip-permissions'] || given['dangerously-skip-permissions'];
}
