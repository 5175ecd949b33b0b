/** The settings a session starts with, from the files the `.claude` conventions name. */
import type { SettingSource } from '../context/readMemory.ts';
import { isAbsolutePath, isInside, joinPath } from '../paths.ts';
import type { RuleLayer } from '../permissions/decidePermission.ts';
import type { Platform } from '../ports.ts';
import { ofProject, parseSettings, SettingsError, type SettingsLayer } from './settingsFile.ts';

export interface SettingsPlace {
  readonly configDir: string;
  readonly cwd: string;
  readonly platform: Platform;
  readonly sources: readonly SettingSource[];
  /** Whether the folder is trusted; undefined: the user's settings say so. */
  readonly trusted: boolean | undefined;
  /** The text of a file; undefined: it isn't there. May throw. */
  readonly readText: (path: string) => Promise<string | undefined>;
}

export interface ReadSettings {
  /** Weakest first. */
  readonly layers: readonly SettingsLayer[];
  readonly isTrusted: boolean;
}

/** Throws SettingsError where a file is there and can't be read: a deny rule must not be lost by a comma. */
export async function readSettings(place: SettingsPlace): Promise<ReadSettings> {
  const { cwd, platform, sources } = place;
  const layers: SettingsLayer[] = [];
  let isTrusted = place.trusted ?? false;
  for (const { source, layer, path } of listFiles(place)) {
    if (!sources.includes(source)) continue;
    const text = await readText(path, place);
    if (text === undefined) continue;
    const content = parseSettings(text, path);
    if (source === 'user' && place.trusted === undefined)
      isTrusted = isBelowAny(cwd, content.trustedFolders ?? [], platform);
    const counting = source === 'user' ? content : ofProject(content, isTrusted);
    layers.push({ layer, content: counting, source: { file: path, text } });
  }
  return { layers, isTrusted };
}

async function readText(path: string, place: SettingsPlace): Promise<string | undefined> {
  try {
    return await place.readText(path);
  } catch (cause) {
    throw new SettingsError(`The settings file ${path} can't be read: ${String(cause)}`, { cause });
  }
}

interface SettingsFilePlace {
  readonly source: SettingSource;
  readonly layer: RuleLayer;
  readonly path: string;
}

/** Weakest first; the user's own comes before those it may trust. */
function listFiles({ configDir, cwd, platform }: SettingsPlace): readonly SettingsFilePlace[] {
  const ofFolder = (name: string): string => joinPath(cwd, `.claude/${name}`, platform);
  return [
    { source: 'user', layer: 'user', path: joinPath(configDir, 'settings.json', platform) },
    { source: 'project', layer: 'project', path: ofFolder('settings.json') },
    { source: 'local', layer: 'local', path: ofFolder('settings.local.json') },
  ];
}

function isBelowAny(folder: string, parents: readonly string[], platform: Platform): boolean {
  return parents.some((parent) => isAbsolutePath(parent, platform) && isInside(parent, folder, platform));
}
