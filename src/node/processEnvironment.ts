/**
 * The environment of the commands the agent runs: nothing that waits for a person, nothing that changes what a command
 * line means, and none of the user's keys.
 */
import { delimiter, isAbsolute } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** No pager, no prompt, no colours made for a terminal. */
const quiet = { PAGER: 'cat', GIT_PAGER: 'cat', GIT_TERMINAL_PROMPT: '0', CI: '1', TERM: 'dumb' } as const;

/** Keys, and what lends them out. */
const secrets = [
  /^ANTHROPIC_/i,
  /(^|_)(TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|AUTH)$/i,
  // Names of their own: databases, npm's settings (`npm_config_//host/:_authToken`).
  /^(PGPASSWORD|MYSQL_PWD)$/i,
  /_authToken$/i,
  /^(SSH_AUTH_SOCK|GPG_AGENT_INFO)$/i,
];

/** What makes programs run other code or work on other files than the command line says. */
const redirections = [
  /^GIT_/i,
  /^LD_/,
  /^DYLD_/,
  /^NODE_OPTIONS$/i,
  // bash: a file to run first, exported functions that shadow commands, options, a prompt that runs.
  /^(BASH_ENV|ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PROMPT_COMMAND|CDPATH|GLOBIGNORE)$/,
  // The editor's own: under ELECTRON_RUN_AS_NODE every Electron program starts as a bare Node.
  /^(ELECTRON|VSCODE)_/i,
];

/** Name of the variable that marks a command's processes, so that those that left its group can be found. */
export const callIdVariable = 'BELAY_CALL_ID';

/** `changes` come last: a value is set, undefined takes the name out. */
export function buildEnvironment(
  base: Environment,
  changes: Environment,
  callId: string,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || isRemoved(name)) continue;
    const kept = /^path$/i.test(name) ? withoutRelative(value) : value;
    // An empty PATH would again mean the folder of the command; without one the system's own counts.
    if (kept !== undefined) environment[name] = kept;
  }
  for (const [name, value] of Object.entries({ ...quiet, ...changes, [callIdVariable]: callId })) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}

function isRemoved(name: string): boolean {
  return [...secrets, ...redirections].some((pattern) => pattern.test(name));
}

/** A folder seen from where the command runs would offer what a project has planted there in place of `bash` or `git`. */
function withoutRelative(path: string): string | undefined {
  return path.split(delimiter).filter(isAbsolute).join(delimiter) || undefined;
}
