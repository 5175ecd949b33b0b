/** What the sandbox has kept a command from, for the model. */
import type { SandboxViolation } from '../ports.ts';

export interface ViolationsOf {
  readonly violations: readonly SandboxViolation[];
  /** The command has failed. */
  readonly failed: boolean;
  /** The model may ask to run it outside. */
  readonly mayAskOut: boolean;
}

const MAX_TOLD = 20;

/** What is to be told, as a person reads it: "writing /etc/x". */
export interface Refusals {
  /** Empty when there is nothing to tell. */
  readonly list: readonly string[];
  /** The same for the model, with what it can do about it. */
  readonly text: string;
}

/**
 * A command that went well without what it was kept from (a cache that could not be
 * written) needs no word of that; the network is told of always, since programs hide why they got nothing.
 */
export function describeViolations({ violations, failed, mayAskOut }: ViolationsOf): Refusals {
  const told = violations.filter(({ kind }) => failed || kind === 'network');
  if (told.length === 0) return { list: [], text: '' };
  const list = told.slice(0, MAX_TOLD).map(describe);
  if (told.length > MAX_TOLD) list.push(`… and ${told.length - MAX_TOLD} more`);
  const lines = list.map((line) => `- ${line}\n`).join('');
  return {
    list,
    text: `The sandbox has kept the command from:\n${lines}${mayAskOut ? WAY_OUT : NO_WAY_OUT}`,
  };
}

const WAY_OUT =
  'If the task needs this, find a way within the workspace, or call again with dangerouslyDisableSandbox: true, and the user is asked.';
const NO_WAY_OUT =
  'Find a way within the workspace, or tell the user what is needed: nothing runs outside the sandbox here.';

function describe(violation: SandboxViolation): string {
  switch (violation.kind) {
    case 'write':
      return `writing ${clean(violation.path)}`;
    case 'network':
      return `reaching ${clean(violation.address)} (${clean(violation.reason)})`;
    case 'other':
      return clean(violation.text);
    default:
      return violation satisfies never;
  }
}

/** One line each; a command can make up names. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 300);
}
