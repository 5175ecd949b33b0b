/** What can go wrong between a program and its agent. All of them are a SdkError; a failed turn is none, but a result. */

export class SdkError extends Error {
  override readonly name: string = 'SdkError';
}

/** There is no connection: it could not be made, or is gone. */
export class ConnectionError extends SdkError {
  override readonly name: string = 'ConnectionError';
}

/** The executable is not where it was looked for. */
export class ExecutableNotFoundError extends ConnectionError {
  override readonly name = 'ExecutableNotFoundError';
  readonly path: string;

  constructor(path: string, options?: ErrorOptions) {
    super(`There is no executable at ${path}.`, options);
    this.path = path;
  }
}

/** The agent's process ended though nobody had asked it to. */
export class ProcessError extends SdkError {
  override readonly name = 'ProcessError';
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to standard error. */
  readonly stderr: string;

  constructor(end: {
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly stderr: string;
  }) {
    const how = end.signal === null ? `with exit code ${end.exitCode}` : `by the signal ${end.signal}`;
    const said = end.stderr.trim() === '' ? '' : `\n${end.stderr.trim()}`;
    super(`The agent's process was ended ${how}.${said}`);
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stderr = end.stderr;
  }
}

/** The agent's process wrote a line that is no JSON, or too long. */
export class JsonDecodeError extends SdkError {
  override readonly name = 'JsonDecodeError';
}

/** The agent sent a message of a known type that isn't one. */
export class MessageParseError extends SdkError {
  override readonly name = 'MessageParseError';
  /** As it came. */
  readonly data: unknown;

  constructor(problem: string, data: unknown) {
    super(`The agent sent a message that can't be read: ${problem}`);
    this.data = data;
  }
}
