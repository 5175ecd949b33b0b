/** The sandbox of a session, as the tool sees it that runs commands. */
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
      if (options.excludedCommands.some((scope) => isExcluded(scope, command))) return 'excluded';
      if (!asksOut) return 'inside';
      return options.allowUnsandboxed ? 'outside' : 'refused';
    },
    policy: () => buildSandboxPolicy({ options, context: context(), files }),
  };
}

/** To the letter, or, with `:*` or ` *` at the end, by its first words; then nothing but plain words may follow. */
function isExcluded(scope: string, command: string): boolean {
  const text = command.trim();
  const prefix = /^(.*\S)(?::| )\*$/.exec(scope.trim())?.[1];
  if (prefix === undefined) return text === scope.trim();
  const rest = text.slice(prefix.length);
  return text.startsWith(prefix) && (rest === '' || /^[ \t][^\n;&|<>`$(){}\\]*$/.test(rest));
}
