/** How a command line is given to the platform's shell, without any start-up file of the user's. */
import type { Platform } from '../core/ports.ts';

export interface ShellCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** bash, or on Windows the PowerShell that every Windows has. */
export function buildShellCommand(
  platform: Platform,
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): ShellCommand {
  if (platform !== 'win32') return { file: 'bash', args: ['--noprofile', '--norc', '-c', command] };
  const fixed = ['-NoLogo', '-NoProfile', '-NonInteractive', '-OutputFormat', 'Text', '-EncodedCommand'];
  return {
    file: systemFile(env, 'WindowsPowerShell\\v1.0\\powershell.exe'),
    args: [...fixed, Buffer.from(toScript(command), 'utf16le').toString('base64')],
  };
}

/** Ends a process with all that descend from it. */
export function buildTaskkill(pid: number, env: Readonly<Record<string, string | undefined>>): ShellCommand {
  return { file: systemFile(env, 'taskkill.exe'), args: ['/pid', String(pid), '/T', '/F'] };
}

/** By its full path: Windows looks for a bare name in the current folder first, where a project could plant one. */
function systemFile(env: Readonly<Record<string, string | undefined>>, path: string): string {
  return `${env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows'}\\System32\\${path}`;
}

/** UTF-8 out, and the exit code of the last command: PowerShell itself would turn each into 1. */
function toScript(command: string): string {
  return [
    '[Console]::OutputEncoding = [System.Text.Encoding]::UTF8',
    "$ProgressPreference = 'SilentlyContinue'",
    command,
    'if ($?) { exit 0 } elseif ($LASTEXITCODE) { exit $LASTEXITCODE } else { exit 1 }',
  ].join('\n');
}
