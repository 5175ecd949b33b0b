/** The prompt: from the command line, from standard input, or both. */
import { fstatSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Log } from '../core/ports.ts';
import { UsageError } from './exitCodes.ts';

/** How long a pipe may be silent before it counts as not meant for us. Milliseconds. */
const SILENCE_MS = 3000;

/** Throws UsageError when there is none. */
export async function readPrompt(given: string | undefined, log: Log): Promise<string> {
  const piped = hasInput() ? await readInput(given !== undefined, log) : '';
  const prompt = [given ?? '', piped].filter((part) => part.trim() !== '').join('\n');
  if (prompt === '') throw new UsageError('There is no prompt: give one with -p, or on standard input.');
  return prompt;
}

/** A file or a pipe, not a terminal and not /dev/null. */
function hasInput(): boolean {
  try {
    const stats = fstatSync(0);
    return stats.isFile() || stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}

/** A program that starts us may leave a pipe open that nobody ever writes to: then the prompt alone must do. */
async function readInput(canDoWithout: boolean, log: Log): Promise<string> {
  const reading = text(process.stdin);
  if (!canDoWithout) return reading;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  process.stdin.once('data', () => clearTimeout(timer));
  const silent = new Promise<string>((resolve) => {
    silence.signal.addEventListener('abort', () => {
      log.warn('nothing came on standard input, so it is left alone; use "< /dev/null" to say so at once');
      process.stdin.destroy();
      resolve('');
    });
  });
  try {
    return await Promise.race([reading.catch(() => ''), silent]);
  } finally {
    clearTimeout(timer);
  }
}
