/** The log of a process that is not the editor's: its lines go to the host, which takes the secrets out and shows them. */
import type { Log } from '../core/ports.ts';
import type { ProcessMessage } from '../protocol/processRequests.ts';

type LogLine = Extract<ProcessMessage, { type: 'belay/log' }>;

/** `send` must not throw. */
export function createHostLog(send: (line: LogLine) => void): Log {
  const write = (level: LogLine['level']): Log['info'] => {
    return (message, fields) =>
      send({
        type: 'belay/log',
        level,
        message,
        ...(fields === undefined ? {} : { fields: toPlain(fields) }),
      });
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** An error has no fields of its own that JSON would show. */
function toPlain(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toPlainValue(value)]));
}

function toPlainValue(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause: cause === undefined ? undefined : toPlainValue(cause) };
}
