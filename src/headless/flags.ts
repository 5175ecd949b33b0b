/** Every flag of the command line: one table from which it is parsed and `--help` is written. */
import type { ParseArgsOptionDescriptor } from 'node:util';

export interface Flag {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** What stands for the value in the help. */
  readonly value?: string;
  /** One line for `--help`; without it the flag is accepted but not listed. */
  readonly help?: string;
  /** Accepted because clients send it; has no effect here. */
  readonly isNoted?: true;
}

const noted = (type: Flag['type'], multiple = false): Flag => ({ type, multiple, isNoted: true });

export const FLAGS = {
  print: {
    type: 'boolean',
    short: 'p',
    help: 'Answer the prompt and exit (the default when a prompt is given)',
  },
  'output-format': {
    type: 'string',
    value: 'format',
    help: 'text (default): the last reply; json: the result message; stream-json: every message',
  },
  'input-format': {
    type: 'string',
    value: 'format',
    help: 'text (default), or stream-json: messages and control requests, one a line, on standard input',
  },
  model: {
    type: 'string',
    value: 'name',
    help: 'Model, or sonnet, opus, haiku, fable for the newest of its kind',
  },
  effort: { type: 'string', value: 'level', help: 'low, medium, high, xhigh or max' },
  'permission-mode': {
    type: 'string',
    value: 'mode',
    help: 'default, acceptEdits, plan, dontAsk, or bypassPermissions (needs the next flag)',
  },
  'allow-dangerously-skip-permissions': {
    type: 'boolean',
    help: 'Let this session use bypassPermissions. Only where nothing can be lost',
  },
  'dangerously-skip-permissions': {
    type: 'boolean',
    help: 'The two flags above at once: bypassPermissions, allowed',
  },
  allowedTools: {
    type: 'string',
    multiple: true,
    value: 'rules',
    help: 'What needs no permission: "Read Bash(npm test)", "Edit(src/**)"',
  },
  disallowedTools: {
    type: 'string',
    multiple: true,
    value: 'rules',
    help: 'What is never allowed; a bare tool name takes the tool away',
  },
  'allowed-tools': { type: 'string', multiple: true },
  'disallowed-tools': { type: 'string', multiple: true },
  tools: {
    type: 'string',
    multiple: true,
    value: 'names',
    help: 'The only built-in tools to offer; "" for none',
  },
  'permission-prompt-tool': {
    type: 'string',
    value: 'stdio',
    help: 'Ask the client for permission with can_use_tool requests. Without it nobody is asked: denied',
  },
  'mcp-sampling': {
    type: 'boolean',
    help: 'stream-json: the client answers belay/mcp_sample, so MCP servers may ask the model',
  },
  'max-turns': { type: 'string', value: 'n', help: 'Requests to the model in one turn, at most' },
  'max-budget-usd': { type: 'string', value: 'amount', help: 'US dollars the session may cost' },
  continue: { type: 'boolean', short: 'c', help: 'Go on with the newest session of this folder' },
  resume: { type: 'string', short: 'r', value: 'id', help: 'Go on with this session' },
  'resume-session-at': {
    type: 'string',
    value: 'uuid',
    help: 'With --resume: only up to and with this message',
  },
  'fork-session': {
    type: 'boolean',
    help: 'With --resume or --continue: into a copy, under an id of its own',
  },
  'session-id': { type: 'string', value: 'uuid', help: 'Id of the new session' },
  'no-session-persistence': { type: 'boolean', help: 'Keep nothing of the session on disk' },
  'system-prompt': { type: 'string', value: 'text', help: "In place of Belay's own system prompt" },
  'append-system-prompt': { type: 'string', value: 'text', help: 'At the end of the system prompt' },
  'setting-sources': {
    type: 'string',
    value: 'list',
    help: 'Which settings count: user, project, local. Default: all; "" for none. Naming project or local trusts the folder',
  },
  trust: {
    type: 'boolean',
    help: 'Trust this folder: its settings, hooks, servers, commands and memory count (for good: trustedFolders in your settings)',
  },
  settings: { type: 'string', value: 'json', help: 'Settings on top of those: a file, or JSON' },
  'add-dir': { type: 'string', multiple: true, value: 'folder', help: 'One more folder to work in' },
  'include-partial-messages': { type: 'boolean', help: 'stream-json: replies piece by piece, too' },
  'replay-user-messages': { type: 'boolean', help: 'stream-json: each prompt that was taken up, too' },
  'mcp-config': {
    type: 'string',
    multiple: true,
    value: 'json',
    help: 'MCP servers: a file like .mcp.json, or JSON',
  },
  'strict-mcp-config': { type: 'boolean', help: 'No MCP servers but those of --mcp-config' },
  agents: { type: 'string', value: 'json', help: 'Kinds of subagents, by name' },
  'json-schema': { type: 'string', value: 'schema', help: 'Answer with an object of this JSON schema' },
  thinking: { type: 'string', value: 'kind', help: 'adaptive, or disabled where the model lets one' },
  'max-thinking-tokens': { type: 'string', value: 'n', help: 'For models that want a number; 0: none' },
  'include-hook-events': { type: 'boolean', help: 'stream-json: when a hook runs, too' },
  verbose: { type: 'boolean', help: 'More on standard error' },
  debug: { type: 'boolean', short: 'd', help: 'Everything on standard error' },
  'debug-file': { type: 'string', value: 'file', help: 'The log into this file, not to standard error' },
  help: { type: 'boolean', short: 'h', help: 'This text' },
  version: { type: 'boolean', short: 'v', help: 'The version' },

  agent: noted('string'),
  'await-initialize': noted('boolean'),
  betas: noted('string'),
  channels: noted('string', true),
  'fallback-model': noted('string'),
  'initialize-fields': noted('string'),
  'managed-settings': noted('string'),
  'managed-settings-in-initialize': noted('boolean'),
  'permission-prompts': noted('string'),
  'plugin-dir': noted('string', true),
  'plugin-dir-no-mcp': noted('string', true),
  'project-config-root': noted('string'),
  'resume-drops-turn': noted('string'),
  'session-mirror': noted('boolean'),
  'task-budget': noted('string'),
  'thinking-display': noted('string'),
} as const satisfies Readonly<Record<string, Flag>>;

/** For node's parseArgs. */
export function buildParserOptions(): Record<string, ParseArgsOptionDescriptor> {
  const flags: Readonly<Record<string, Flag>> = FLAGS;
  return Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, multiple }]) => [
      name,
      { type, multiple: multiple === true, ...(short === undefined ? {} : { short }) },
    ]),
  );
}
