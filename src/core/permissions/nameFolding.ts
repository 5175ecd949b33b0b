/** Names of files as the volume tells them apart, which is not for the operating system to say. */
import type { NameFolding } from '../ports.ts';

export const EXACT_NAMES: NameFolding = { case: false, unicode: false };
export const FOLDED_NAMES: NameFolding = { case: true, unicode: true };

/** Names of one file are equal after this; those of different files may be too, which only makes a rule stricter. */
export function foldName(name: string, { case: ignoresCase, unicode }: NameFolding): string {
  // Characters that HFS+ leaves out when it compares names.
  const seen = unicode ? name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFC') : name;
  return ignoresCase ? seen.toUpperCase().toLowerCase() : seen;
}
