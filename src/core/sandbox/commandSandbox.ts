/** The sandbox of a session, as the tool sees it that runs commands. */
import { coversWholeCommand } from '../permissions/decideCommand.ts';
import type { PermissionContext } from '../permissions/decidePermission.ts';
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
      const now = context();
      const effect = { kind: 'execute', command, cwd: now.workspace.cwd } as const;
      if (options.excludedCommands.some((scope) => coversWholeCommand(scope, effect, now))) return 'excluded';
      if (!asksOut) return 'inside';
      return options.allowUnsandboxed ? 'outside' : 'refused';
    },
    policy: () => buildSandboxPolicy({ options, context: context(), files }),
  };
}
