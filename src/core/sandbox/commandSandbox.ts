/** The sandbox of a session, as the tool sees it that runs commands. */
import type { PermissionContext } from '../permissions/decidePermission.ts';
import { coversEffect } from '../permissions/matchRule.ts';
import type { FileSystem, SandboxPolicy } from '../ports.ts';
import { buildSandboxPolicy } from './sandboxPolicy.ts';
import type { SandboxOptions } from './sandboxSettings.ts';

/** `excluded`: the settings say that it runs outside; `refused`: it asks to, and the settings say that nothing does. */
export type SandboxPlacement = 'inside' | 'outside' | 'excluded' | 'refused';

export interface CommandSandbox {
  /** A command that runs inside needs nobody's leave, unless a rule or a protected path says otherwise. */
  readonly autoAllow: boolean;
  place(call: { readonly command: string; readonly asksOut: boolean }): SandboxPlacement;
  policy(): Promise<SandboxPolicy>;
}

export interface CommandSandboxParts {
  readonly options: SandboxOptions;
  readonly context: () => PermissionContext;
  readonly files: Pick<FileSystem, 'readDirectory'>;
}

export function createCommandSandbox({ options, context, files }: CommandSandboxParts): CommandSandbox {
  return {
    autoAllow: options.autoAllow,
    place: ({ command, asksOut }) => {
      if (options.excludedCommands.some((scope) => covers(scope, command, context()))) return 'excluded';
      if (!asksOut) return 'inside';
      return options.allowUnsandboxed ? 'outside' : 'refused';
    },
    policy: () => buildSandboxPolicy({ options, context: context(), files }),
  };
}

/** As a rule for Bash that allows: all the command runs must be meant. */
function covers(scope: string, command: string, { workspace }: PermissionContext): boolean {
  const effect = { kind: 'execute', command, cwd: workspace.cwd } as const;
  const view = { workspace, realPaths: new Map<string, string>() };
  return coversEffect(
    { toolName: 'Bash', ruleContent: scope },
    { toolName: 'Bash', effect },
    { spellings: 'every', view },
  );
}
