/**
 * The settings of the sandbox for commands, by the names people know from the `.claude` conventions, and what they come to
 * over all layers. A project can only make it narrower: what it would open is left out, trusted or not.
 */
import * as z from 'zod';
import { joinPath } from '../paths.ts';
import type { RuleLayer } from '../permissions/decidePermission.ts';
import type { Platform } from '../ports.ts';

const texts = z.array(z.string()).optional();
const flag = z.boolean().optional();

export const sandboxSettings = z.looseObject({
  enabled: flag,
  /** Don't start where the sandbox can't. Without it the session starts, and each command says why it was not run. */
  failIfUnavailable: flag,
  autoAllowBashIfSandboxed: flag,
  allowUnsandboxedCommands: flag,
  /** As in rules for Bash: `docker:*`. These run outside, and are asked for like any command. */
  excludedCommands: texts,
  enableWeakerNestedSandbox: flag,
  network: z
    .looseObject({
      allowedDomains: texts,
      deniedDomains: texts,
      allowManagedDomainsOnly: flag,
      allowUnixSockets: texts,
      allowAllUnixSockets: flag,
      allowLocalBinding: flag,
    })
    .optional(),
  filesystem: z
    .looseObject({ allowWrite: texts, denyWrite: texts, denyRead: texts, allowRead: texts })
    .optional(),
  credentials: z
    .looseObject({
      files: z.array(z.looseObject({ path: z.string() })).optional(),
      envVars: z.array(z.looseObject({ name: z.string() })).optional(),
    })
    .optional(),
});
export type SandboxSettings = z.infer<typeof sandboxSettings>;

/** What one place says. */
export interface SandboxLayer {
  readonly layer: RuleLayer;
  readonly content: { readonly sandbox?: SandboxSettings | undefined };
}

/** The sandbox as it is to be, with absolute paths (which may be patterns). */
export interface SandboxOptions {
  readonly failIfUnavailable: boolean;
  readonly autoAllow: boolean;
  readonly allowUnsandboxed: boolean;
  readonly excludedCommands: readonly string[];
  readonly hostProc: boolean;
  readonly allowedDomains: readonly string[];
  readonly deniedDomains: readonly string[];
  readonly unixSockets: readonly string[];
  readonly allUnixSockets: boolean;
  readonly localBinding: boolean;
  readonly allowWrite: readonly string[];
  readonly denyWrite: readonly string[];
  readonly allowRead: readonly string[];
  readonly denyRead: readonly string[];
  readonly dropEnvironment: readonly string[];
}

export interface SandboxPlace {
  readonly cwd: string;
  readonly home: string;
  /** Where the user's own settings lie. */
  readonly configDir: string;
  readonly platform: Platform;
}

/** `layers`: weakest first. undefined: it is off. */
export function mergeSandbox(
  layers: readonly SandboxLayer[],
  place: SandboxPlace,
): SandboxOptions | undefined {
  const found = layers.flatMap(({ layer, content: { sandbox } }) =>
    sandbox === undefined ? [] : [{ layer, sandbox }],
  );
  const { opens, narrows } = createFlagReader(found);
  if (!narrows((of) => of.enabled)) return undefined;
  const own = found.filter(isOwn);
  const ofPolicy = found.filter(({ layer }) => layer === 'policy');
  const isManaged = ofPolicy.some(({ sandbox }) => sandbox.network?.allowManagedDomainsOnly === true);
  const paths = (from: readonly Found[], read: ListReader): string[] =>
    from.flatMap(({ layer, sandbox }) => (read(sandbox) ?? []).map((path) => toAbsolute(path, layer, place)));
  return {
    failIfUnavailable: narrows((of) => of.failIfUnavailable),
    autoAllow: opens((of) => of.autoAllowBashIfSandboxed, false),
    allowUnsandboxed: opens((of) => of.allowUnsandboxedCommands, true),
    excludedCommands: collect(own, (of) => of.excludedCommands),
    hostProc: opens((of) => of.enableWeakerNestedSandbox, false),
    allowedDomains: collect(isManaged ? ofPolicy : own, (of) => of.network?.allowedDomains),
    deniedDomains: collect(found, (of) => of.network?.deniedDomains),
    unixSockets: paths(own, (of) => of.network?.allowUnixSockets),
    allUnixSockets: opens((of) => of.network?.allowAllUnixSockets, false),
    localBinding: opens((of) => of.network?.allowLocalBinding, false),
    allowWrite: paths(own, (of) => of.filesystem?.allowWrite),
    denyWrite: paths(found, (of) => of.filesystem?.denyWrite),
    allowRead: paths(own, (of) => of.filesystem?.allowRead),
    // What is to be masked is hidden whole: stricter, and nothing has to be made up in its place.
    denyRead: paths(found, ({ filesystem, credentials }) => [
      ...(filesystem?.denyRead ?? []),
      ...(credentials?.files ?? []).map(({ path }) => path),
    ]),
    dropEnvironment: collect(found, (of) => of.credentials?.envVars?.map(({ name }) => name)),
  };
}

interface Found {
  readonly layer: RuleLayer;
  readonly sandbox: SandboxSettings;
}
type FlagReader = (settings: SandboxSettings) => boolean | undefined;
type ListReader = (settings: SandboxSettings) => readonly string[] | undefined;

function isOwn({ layer }: Found): boolean {
  return layer !== 'project' && layer !== 'local';
}

function collect(from: readonly Found[], read: ListReader): string[] {
  return [...new Set(from.flatMap(({ sandbox }) => read(sandbox) ?? []))];
}

/** A policy has the last word but for what a project makes narrower still. */
function createFlagReader(found: readonly Found[]) {
  const ofProject = found.filter((each) => !isOwn(each));
  const ranked = [...found.filter(isOwn)].sort(
    (left, right) => Number(left.layer === 'policy') - Number(right.layer === 'policy'),
  );
  const read = (flag: FlagReader): boolean | undefined =>
    ranked.map(({ sandbox }) => flag(sandbox)).findLast((value) => value !== undefined);
  const projectSays = (flag: FlagReader, value: boolean): boolean =>
    ofProject.some(({ sandbox }) => flag(sandbox) === value);
  return {
    /** Of a flag that opens something when it is set. */
    opens: (flag: FlagReader, otherwise: boolean): boolean =>
      (read(flag) ?? otherwise) && !projectSays(flag, false),
    /** Of a flag that is strict when it is set. */
    narrows: (flag: FlagReader): boolean => (read(flag) ?? false) || projectSays(flag, true),
  };
}

/** Relative paths are meant from where the settings stand: the project, or the folder of the user's own. */
function toAbsolute(
  path: string,
  layer: RuleLayer,
  { cwd, home, configDir, platform }: SandboxPlace,
): string {
  if (path === '~' || path.startsWith('~/')) return joinPath(home, path.slice(2), platform);
  return joinPath(layer === 'user' ? configDir : cwd, path, platform);
}
