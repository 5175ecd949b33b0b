/** The output channel "Belay". Nothing that looks like a key, and no key that is in use, is ever written to it. */
import { type Disposable, type LogOutputChannel, window } from 'vscode';
import { redactSecrets } from '../core/model/redactSecrets.ts';
import type { Log } from '../core/ports.ts';

/** Shorter values are no keys, and hiding them would only make holes in the log. */
const SHORTEST_SECRET = 8;

export interface EditorLog extends Log, Disposable {
  /** From now on this value does not appear in the log. */
  hide(secret: string): void;
  show(): void;
}

export function createLog(): EditorLog {
  const channel = window.createOutputChannel('Belay', { log: true });
  const hidden = new Set<string>();
  const write = (level: 'debug' | 'info' | 'warn' | 'error'): Log['info'] => {
    return (message, fields) => channel[level](hide(redactSecrets(toLine(message, fields)), hidden));
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    hide(secret) {
      if (secret.length >= SHORTEST_SECRET) hidden.add(secret);
    },
    show: () => (channel satisfies LogOutputChannel).show(),
    dispose: () => channel.dispose(),
  };
}

function hide(text: string, secrets: ReadonlySet<string>): string {
  return [...secrets].reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text);
}

function toLine(message: string, fields: Readonly<Record<string, unknown>> | undefined): string {
  if (fields === undefined) return message;
  return `${message} ${JSON.stringify(fields, (_key, value: unknown) => toPlain(value))}`;
}

/** An error has no fields of its own that JSON would show. */
function toPlain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
