/** The settings of the files the `.claude` conventions name, and those of the command line. */
import { join } from 'node:path';
import { type ReadSettings, readSettings, type SettingsPlace } from '../core/settings/readSettings.ts';
import { parseSettings, type SettingsFile } from '../core/settings/settingsFile.ts';
import { readTextFile } from '../node/readTextFile.ts';
import { StartError } from './exitCodes.ts';
import { toPlatform } from './headlessPorts.ts';

export interface HeadlessSettingsPlace extends Omit<SettingsPlace, 'platform' | 'readText'> {
  /** `--settings`: JSON, or the path of a file. */
  readonly given: string | undefined;
}

/** Throws SettingsError, and StartError for `--settings` that name no file. */
export async function readSettingsOf({ given, ...place }: HeadlessSettingsPlace): Promise<ReadSettings> {
  const platform = toPlatform(process.platform);
  const read = await readSettings({ ...place, platform, readText: readTextFile });
  if (given === undefined) return read;
  const content = await readGiven(given, place.cwd);
  return { ...read, layers: [...read.layers, { layer: 'cliArg', content }] };
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
