/** Whether an extension has to do with a language: only then is it worth waiting long for what it finds. */

/**
 * `manifest`: the extension's package.json. One without code (grammars, themes) finds nothing, and one that is started by any language
 * says nothing of this one.
 */
export function isLanguageWatched(languageId: string, manifest: unknown): boolean {
  if (getField(manifest, 'main') === undefined && getField(manifest, 'browser') === undefined) return false;
  const events = toList(getField(manifest, 'activationEvents'));
  if (events.includes(`onLanguage:${languageId}`)) return true;
  const languages = toList(getField(getField(manifest, 'contributes'), 'languages'));
  return languages.some((language) => getField(language, 'id') === languageId);
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function getField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
