/** From options to the command line and the environment of the executable. */
import type { Options } from './options.ts';

/** Without the path of the executable. */
export function buildArguments(options: Options): readonly string[] {
  const { tools, settingSources, systemPrompt } = options;
  return [
    '--output-format=stream-json',
    '--input-format=stream-json',
    '--replay-user-messages',
    '--verbose',
    ...value('model', options.model),
    ...value('effort', options.effort),
    ...value('max-thinking-tokens', options.maxThinkingTokens),
    ...value('max-turns', options.maxTurns),
    ...value('max-budget-usd', options.maxBudgetUsd),
    ...flag('include-partial-messages', options.includePartialMessages),
    ...flag('include-hook-events', options.includeHookEvents),
    ...value('permission-mode', options.permissionMode),
    ...flag('allow-dangerously-skip-permissions', options.allowDangerouslySkipPermissions),
    ...value('permission-prompt-tool', options.canUseTool === undefined ? undefined : 'stdio'),
    ...flag('mcp-sampling', options.onMcpSample !== undefined),
    ...each('allowedTools', options.allowedTools),
    ...each('disallowedTools', options.disallowedTools),
    ...(tools === undefined ? [] : [`--tools=${tools.join(',')}`]),
    ...each('add-dir', options.additionalDirectories),
    ...(settingSources === undefined ? [] : [`--setting-sources=${settingSources.join(',')}`]),
    ...value('settings', options.settings),
    ...value('mcp-config', buildMcpConfig(options)),
    ...flag('strict-mcp-config', options.strictMcpConfig),
    ...flag('continue', options.continue),
    ...value('resume', options.resume),
    ...value('resume-session-at', options.resumeSessionAt),
    ...flag('fork-session', options.forkSession),
    ...value('session-id', options.sessionId),
    ...flag('no-session-persistence', options.persistSession === false),
    ...value('append-system-prompt', isPreset(systemPrompt) ? systemPrompt.append : undefined),
  ];
}

export function buildEnvironment({
  env = process.env,
  enableFileCheckpointing,
}: Options): Readonly<Record<string, string | undefined>> {
  return enableFileCheckpointing === true
    ? { ...env, CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: 'true' }
    : env;
}

/** The text that takes the place of Belay's own; undefined: that stays. */
export function findSystemPrompt({ systemPrompt }: Options): string[] | undefined {
  if (systemPrompt === undefined || isPreset(systemPrompt)) return undefined;
  return typeof systemPrompt === 'string' ? [systemPrompt] : [...systemPrompt];
}

function isPreset(
  prompt: Options['systemPrompt'],
): prompt is Extract<Options['systemPrompt'], { readonly type: 'preset' }> {
  return typeof prompt === 'object' && 'type' in prompt;
}

/** Servers that live in this program are named with the `initialize` request instead. */
function buildMcpConfig({ mcpServers = {} }: Options): string | undefined {
  const outside = Object.entries(mcpServers).filter(([, server]) => server.type !== 'sdk');
  return outside.length === 0 ? undefined : JSON.stringify({ mcpServers: Object.fromEntries(outside) });
}

function value(name: string, given: string | number | undefined): readonly string[] {
  return given === undefined ? [] : [`--${name}=${given}`];
}

function each(name: string, given: readonly string[] = []): readonly string[] {
  return given.map((item) => `--${name}=${item}`);
}

function flag(name: string, given: boolean | undefined): readonly string[] {
  return given === true ? [`--${name}`] : [];
}
