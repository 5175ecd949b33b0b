/** How a command ended, told truthfully to the model. */
import type { ProcessExit } from '../ports.ts';

export interface CommandEnd extends ProcessExit {
  /** The turn was stopped while it ran. */
  readonly interrupted: boolean;
  readonly timeoutMs: number;
}

/** Empty when it ended well. */
export function describeEnd(end: CommandEnd): string {
  if (end.interrupted)
    return 'Interrupted: the turn was stopped, and the command with all it had started was ended.';
  if (end.timedOut) {
    return `Stopped after ${end.timeoutMs / 1000} seconds: the time limit was reached, and the command with all it had started was ended. A program that waits for an answer gets none here, because standard input is closed; give it its answers as options. For what takes longer, set a larger timeout; for what doesn't end by itself, run_in_background.`;
  }
  if (end.signal !== null) return `Ended by the signal ${end.signal}${explainSignal(end.signal)}.`;
  if (end.code === null || end.code === 0) return '';
  return `Exit code ${end.code}${explainCode(end.code)}.`;
}

/** Numbers that are the same on Linux and macOS. */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

function explainCode(code: number): string {
  if (code === 126) return ' (the command was found, but may not be executed)';
  if (code === 127) return ' (the command was not found)';
  const signal = signals[code - 128];
  return signal === undefined ? '' : ` (a command in it was ended by ${signal}${explainSignal(signal)})`;
}

function explainSignal(signal: string): string {
  switch (signal) {
    case 'SIGKILL':
      return ', perhaps by the system for want of memory';
    case 'SIGSEGV':
      return ', an access to memory that is not there';
    case 'SIGABRT':
      return ', given up by itself';
    case 'SIGPIPE':
      return ', because nobody read its output any more';
    default:
      return '';
  }
}
