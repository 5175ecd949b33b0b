/** The log of a program whose standard output belongs to the protocol: on standard error, or in a file. Without secrets. */
import { createWriteStream } from 'node:fs';
import { redactSecrets } from '../core/model/redactSecrets.ts';
import type { Log } from '../core/ports.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

export interface LogOptions {
  /** What is less important than this is left out. */
  readonly from: Level;
  /** undefined: standard error. */
  readonly file: string | undefined;
}

export function createStandardErrorLog({ from, file }: LogOptions): Log {
  const target = file === undefined ? process.stderr : createWriteStream(file, { flags: 'a', mode: 0o600 });
  // A log that can't be written must not end what it is about.
  target.on('error', () => undefined);
  const write = (level: Level): Log['info'] => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(from)) return () => undefined;
    return (message, fields) =>
      void target.write(`belay: ${level}: ${redactSecrets(toLine(message, fields))}\n`);
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function toLine(message: string, fields: Readonly<Record<string, unknown>> | undefined): string {
  if (fields === undefined) return message;
  return `${message} ${JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? value.message : value))}`;
}
