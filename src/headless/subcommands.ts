/** What `belay` does beside running the agent, by the first word. Each is loaded when it is asked for. */

export interface SubcommandDeps {
  readonly version: string;
}

export interface Subcommand {
  /** `argv`: what follows the first word. Resolves with the exit code. Throws UsageError and StartError. */
  run(argv: readonly string[], deps: SubcommandDeps): Promise<number>;
}

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map([
  [
    'permissions',
    {
      async run(argv) {
        const { runPermissions } = await import('./permissionsCommand.ts');
        return runPermissions(argv);
      },
    },
  ],
  [
    'checkpoints',
    {
      async run(argv, deps) {
        const { runCheckpoints } = await import('./checkpointsCommand.ts');
        return runCheckpoints(argv, deps);
      },
    },
  ],
]);

/** undefined: the command line is for the agent. Only the first word counts: behind a flag it is part of a prompt. */
export function findSubcommand([word]: readonly string[]): Subcommand | undefined {
  return word === undefined ? undefined : SUBCOMMANDS.get(word);
}
