/** How long it is worth waiting for what is found in a file. */
import { extensions } from 'vscode';
import { isShown } from '../openDocuments.ts';
import type { BackgroundTab } from './backgroundTab.ts';
import { documentsOf, type SeenFile } from './openInBackground.ts';
import { isLanguageWatched } from './watchedLanguages.ts';

/** In all, before and after a change. Milliseconds. */
const PATIENCE_MS = 2000;
/** Where nothing is expected: no extension has to do with the language, or the one that has has never spoken. */
export const LITTLE_PATIENCE_MS = 500;
/** So often a language is waited for in vain, while its files stand in no tab of the person's. */
const MAX_SILENCES = 2;

export interface Patience {
  /** Milliseconds. */
  for(seen: SeenFile, tab?: BackgroundTab): number;
  /** It has been waited for. */
  note(seen: SeenFile, wait: { readonly hasSpoken: boolean; readonly tab: BackgroundTab | undefined }): void;
}

export function createPatience(): Patience {
  const silences = new Map<string, number>();
  return {
    for(seen, tab) {
      if (watchersOf(seen).length === 0) return LITTLE_PATIENCE_MS;
      const isSilent = languagesOf(seen).every((language) => (silences.get(language) ?? 0) >= MAX_SILENCES);
      return isSilent && (tab !== undefined || !isInTab(seen)) ? LITTLE_PATIENCE_MS : PATIENCE_MS;
    },
    note(seen, { hasSpoken, tab }) {
      if (tab === undefined && isInTab(seen)) return;
      for (const language of languagesOf(seen))
        silences.set(language, hasSpoken ? 0 : (silences.get(language) ?? 0) + 1);
    },
  };
}

/** The extensions that have to do with the file's language, by their ids. */
export function watchersOf(seen: SeenFile): readonly string[] {
  const languages = languagesOf(seen);
  return extensions.all.flatMap(({ id, packageJSON }) =>
    languages.some((language) => isLanguageWatched(language, packageJSON)) ? [id] : [],
  );
}

function languagesOf(seen: SeenFile): readonly string[] {
  return [...new Set(documentsOf(seen).map(({ languageId }) => languageId))];
}

/** Of notebooks servers see the cells wherever they are shown. */
function isInTab(seen: SeenFile): boolean {
  return seen.kind === 'notebook' || isShown(seen.document.uri);
}
