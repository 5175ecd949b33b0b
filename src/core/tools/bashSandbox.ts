/** What the Bash tool has to do with the sandbox: where a call runs, and what the model is told of it. */
import type { ProcessExit, SandboxPolicy } from '../ports.ts';
import type { CommandSandbox, SandboxPlacement } from '../sandbox/commandSandbox.ts';
import { describeViolations } from '../sandbox/describeViolations.ts';
import type { SandboxOptions } from '../sandbox/sandboxSettings.ts';
import { type Effect, ToolInputError } from './tool.ts';

export interface SandboxedCall {
  readonly command: string;
  readonly dangerouslyDisableSandbox?: boolean | undefined;
}

/** Of a tool's output. */
export interface SandboxedOutput {
  /** It ran in the sandbox. */
  readonly sandboxed?: true;
  /** It ran outside of the sandbox that others run in, because the model asked for that. */
  readonly dangerouslyDisableSandbox?: true;
  /** What the sandbox has kept it from, for a person: "writing /etc/x". */
  readonly refused?: readonly string[];
  /** The same and what to do about it, for the model. */
  readonly refusals?: string;
}

type ExecuteSandbox = Pick<Extract<Effect, { kind: 'execute' }>, 'sandbox'>;

/** Throws ToolInputError for a command that asks to leave the sandbox where none may. */
export function toSandboxEffect(call: SandboxedCall, sandbox: CommandSandbox | undefined): ExecuteSandbox {
  if (sandbox === undefined) return {};
  const place = placeOf(call, sandbox);
  switch (place) {
    case 'excluded':
      return {};
    case 'inside':
      return { sandbox: sandbox.autoAllow ? 'allowed' : 'inside' };
    case 'outside':
      return { sandbox: 'outside' };
    case 'refused':
      throw new ToolInputError(
        'Nothing may run outside the sandbox here: the setting sandbox.allowUnsandboxedCommands is false. Call again without dangerouslyDisableSandbox, or tell the user what is needed.',
      );
    default:
      return place satisfies never;
  }
}

/** undefined: it runs without a sandbox. */
export async function findPolicy(
  call: SandboxedCall,
  sandbox: CommandSandbox | undefined,
): Promise<SandboxPolicy | undefined> {
  if (sandbox === undefined) return undefined;
  const place = placeOf(call, sandbox);
  return place === 'excluded' || place === 'outside' ? undefined : sandbox.policy();
}

/** `exit`: of a command that has ended; absent: it goes on in the background. */
export function toSandboxedOutput(
  call: SandboxedCall,
  sandbox: CommandSandbox | undefined,
  exit?: ProcessExit,
): SandboxedOutput {
  if (sandbox === undefined) return {};
  const place = placeOf(call, sandbox);
  if (place === 'outside') return { dangerouslyDisableSandbox: true };
  if (place === 'excluded') return {};
  const mayAskOut = sandbox.place({ ...call, asksOut: true }) === 'outside';
  const { violations = [], code } = exit ?? { code: 0 };
  const { list, text } = describeViolations({ violations, failed: code !== 0, mayAskOut });
  return { sandboxed: true, ...(list.length === 0 ? {} : { refused: list, refusals: text }) };
}

/** For the prompt of the tool. */
export function describeSandbox({
  allowUnsandboxed,
  allowedDomains,
}: Pick<SandboxOptions, 'allowUnsandboxed' | 'allowedDomains'>): string {
  const reachable = allowedDomains.length === 0 ? 'none' : `only ${allowedDomains.join(', ')}`;
  return `
- Commands run in a sandbox. They can write in the workspace and in $TMPDIR (not elsewhere in /tmp), but not to what other programs run or obey (.git/hooks, .git/config, .vscode, CLAUDE.md, shell start-up files, …). Keys and sign-ins in the home folder look as if they were not there. Network: ${reachable}; local servers of the user can't be reached either, and a server started here can't be reached from outside. The end of an answer says what the sandbox has refused.
- ${allowUnsandboxed ? MAY_ASK_OUT : 'Nothing runs outside the sandbox. When something can’t work in it, tell the user what is needed.'}`;
}

const MAY_ASK_OUT =
  'Run a command in the sandbox first. Only when it has failed for what the sandbox refuses, or plainly can’t work there, call again with dangerouslyDisableSandbox: true. The user is asked each time, so say in description why.';

function placeOf(
  { command, dangerouslyDisableSandbox }: SandboxedCall,
  sandbox: CommandSandbox,
): SandboxPlacement {
  return sandbox.place({ command, asksOut: dangerouslyDisableSandbox === true });
}
