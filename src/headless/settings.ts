/** The settings of the files the `.claude` conventions name, and those of the command line. */
import { join } from 'node:path';
import { type ReadSettings, type SettingsPlace, SettingsReader } from '../core/settings/readSettings.ts';
import { parseSettings, type SettingsFile, type SettingsLayer } from '../core/settings/settingsFile.ts';
import { readTextFile } from '../node/readTextFile.ts';
import { StartError } from './exitCodes.ts';
import { toPlatform } from './headlessPorts.ts';

export interface HeadlessSettingsPlace extends Omit<SettingsPlace, 'platform' | 'readText'> {
  /** `--settings`: JSON, or the path of a file. */
  readonly given: string | undefined;
}

export interface HeadlessSettings {
  readonly reader: SettingsReader;
  readonly first: ReadSettings;
  /** With those of the command line, which only a policy is stronger than. */
  readonly withGiven: (read: ReadSettings) => readonly SettingsLayer[];
}

/** Throws SettingsError, and StartError for `--settings` that name no file. */
export async function readSettingsOf({ given, ...place }: HeadlessSettingsPlace): Promise<HeadlessSettings> {
  const platform = toPlatform(process.platform);
  const reader = new SettingsReader({ ...place, platform, readText: readTextFile });
  const first = await reader.read();
  const content = given === undefined ? undefined : await readGiven(given, place.cwd);
  return {
    reader,
    first,
    withGiven({ layers }) {
      if (content === undefined) return layers;
      const policy = layers.filter(({ layer }) => layer === 'policy');
      return [...layers.slice(0, layers.length - policy.length), { layer: 'cliArg', content }, ...policy];
    },
  };
}

async function readGiven(given: string, cwd: string): Promise<SettingsFile> {
  if (given.trimStart().startsWith('{')) return parseSettings(given, '--settings');
  const text = (await readFileOf(join(cwd, given))) ?? (await readFileOf(given));
  if (text === undefined) throw new StartError(`The settings file ${given} is not there.`);
  return parseSettings(text, given);
}

async function readFileOf(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path);
  } catch (cause) {
    throw new StartError(`The settings file ${path} can't be read: ${String(cause)}`, { cause });
  }
}
