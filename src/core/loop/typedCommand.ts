/** A command that a person types behind an exclamation mark: it runs, and the model reads what it has put out. */
import type { UserMessage } from '../../protocol/messages.ts';
import type { RunTool } from '../tools/tool.ts';
import { toPromptText } from './promptQueue.ts';

/** Said to be one, and written as one: without an exclamation mark nothing is run. */
export function isCommand(message: UserMessage): boolean {
  return message.belay_input === 'command' && toPromptText(message).trimStart().startsWith('!');
}

export interface CommandReport {
  /** For the person. */
  readonly shown: string;
  /** For the model. */
  readonly told: string;
}

/** `typed`: with its exclamation mark. Never rejects because it was stopped. */
export async function runShellCommand(
  typed: string,
  runTool: RunTool,
  signal: AbortSignal,
): Promise<CommandReport> {
  const command = toCommand(typed);
  if (command === '') return report(command, 'No command was given. Write it behind the exclamation mark.');
  try {
    const { text } = await runTool('Bash', { command });
    return report(command, text === '' ? '(no output)' : text);
  } catch (error) {
    if (!signal.aborted) throw error;
    return report(command, '(stopped before it ended)');
  }
}

function report(command: string, output: string): CommandReport {
  return { shown: output, told: tell(command, output) };
}

/** For the model. `typed`: with its exclamation mark. */
export function describeCommand(typed: string, output: string): string {
  return tell(toCommand(typed), output);
}

function tell(command: string, output: string): string {
  return `The user has run a command by themselves:\n$ ${command}\n\n${output}`;
}

function toCommand(typed: string): string {
  return typed.trim().slice(1).trim();
}
