/**
 * What of a project's file counts while a person has not seen its newest text: what they approved, less what was taken out
 * since, and more of what narrows. The comparison is by content hash, so that neither blanks nor the order of keys matter.
 */
import { digestOf } from '../loop/digest.ts';
import { parseJson } from './parseJson.ts';
import type { SettingsFile } from './settingsFile.ts';

export interface HeldBack<Content> {
  readonly inForce: Content;
  /** What waits for a person, in their words. Empty: nothing, and `inForce` is the file as it is. */
  readonly waiting: readonly string[];
}

/** What a file can make run or let pass, but for lists of rules and folders. */
const GUARDED = {
  'other hooks': ({ hooks }: SettingsFile) => hooks,
  'hooks switched off or on': ({ disableAllHooks }: SettingsFile) => disableAllHooks,
  'another environment': ({ env }: SettingsFile) => env,
  'another default mode': ({ permissions }: SettingsFile) => permissions?.defaultMode,
  'another say about bypassing permissions': ({ permissions }: SettingsFile) =>
    permissions?.disableBypassPermissionsMode,
} as const;

export async function holdBackSettings(
  now: SettingsFile,
  approved: SettingsFile,
): Promise<HeldBack<SettingsFile>> {
  const [present, former] = [now.permissions ?? {}, approved.permissions ?? {}];
  // A sandbox only narrows; where there was none, a new one needs no leave.
  const keepsSandbox = approved.sandbox !== undefined && !(await isSame(now.sandbox, approved.sandbox));
  const guarded = await Promise.all(
    Object.entries(GUARDED).map(async ([name, read]) =>
      (await isSame(read(now), read(approved))) ? [] : [name],
    ),
  );
  const waiting = [
    ...without(present.allow, former.allow).map((rule) => `the allow rule ${rule}`),
    ...without(present.additionalDirectories, former.additionalDirectories).map(
      (folder) => `the folder ${folder}`,
    ),
    ...without(former.deny, present.deny).map((rule) => `the end of the deny rule ${rule}`),
    ...without(former.ask, present.ask).map((rule) => `the end of the ask rule ${rule}`),
    ...guarded.flat(),
    ...(keepsSandbox ? ['another sandbox'] : []),
  ];
  if (waiting.length === 0) return { inForce: now, waiting };
  const permissions = {
    ...present,
    allow: both(present.allow, former.allow),
    additionalDirectories: both(present.additionalDirectories, former.additionalDirectories),
    deny: either(former.deny, present.deny),
    ask: either(former.ask, present.ask),
    defaultMode: former.defaultMode,
    disableBypassPermissionsMode: former.disableBypassPermissionsMode,
  };
  const { hooks, disableAllHooks, env } = approved;
  const sandbox = keepsSandbox ? approved.sandbox : now.sandbox;
  return { inForce: { ...now, hooks, disableAllHooks, env, sandbox, permissions }, waiting };
}

/** Of `.mcp.json`, or what `list` reads. What is no JSON names no servers, and whoever reads it says so. */
export async function holdBackServers(
  now: string,
  approved: string,
  list: (text: string) => ReadonlyMap<string, unknown> = listServers,
): Promise<HeldBack<string>> {
  const [present, former] = [list(now), list(approved)];
  const waiting: string[] = [];
  for (const [name, server] of present)
    if (!former.has(name) || !(await isSame(server, former.get(name)))) waiting.push(`the server ${name}`);
  return { inForce: waiting.length === 0 ? now : approved, waiting };
}

function listServers(text: string): ReadonlyMap<string, unknown> {
  const value = parseJson(text);
  const servers = isRecord(value) ? value.mcpServers : undefined;
  return new Map(isRecord(servers) ? Object.entries(servers) : []);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

async function isSame(left: unknown, right: unknown): Promise<boolean> {
  return (await digestOf(left ?? null)) === (await digestOf(right ?? null));
}

type Texts = readonly string[] | undefined;

function without(texts: Texts = [], gone: Texts = []): string[] {
  return texts.filter((text) => !gone.includes(text));
}

function both(texts: Texts = [], others: Texts = []): string[] {
  return texts.filter((text) => others.includes(text));
}

function either(texts: Texts = [], others: Texts = []): string[] {
  return [...new Set([...texts, ...others])];
}
