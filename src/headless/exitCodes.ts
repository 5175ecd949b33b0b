/** What the program says to a script with its exit code. */
export const EXIT = {
  ok: 0,
  /** The last turn failed, or the session could not be opened. */
  failed: 1,
  /** The command line can't be understood. */
  usage: 2,
  /** Stopped by Ctrl+C. */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

/** A command line that can't be understood: what is wrong with it, for a person. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command that explains how it goes. */
  readonly help: string;

  constructor(message: string, { help = 'belay --help', ...options }: ErrorOptions & { help?: string } = {}) {
    super(message, options);
    this.help = help;
  }
}

/** What was asked for can't be begun (a session that isn't there, settings that can't be read): why, for a person. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
