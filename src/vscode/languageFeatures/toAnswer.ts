/** From what providers answer to the words of the port: plain, from 1, only files, and not without end. */
import {
  type CallHierarchyItem,
  type DocumentSymbol,
  type Hover,
  type Location,
  type LocationLink,
  type Position,
  type Range,
  type SymbolInformation,
  SymbolKind,
  type Uri,
  type WorkspaceEdit,
} from 'vscode';
import type {
  LanguageAnswer,
  LanguageCall,
  LanguagePlace,
  LanguageSymbol,
} from '../../protocol/languageFeatures.ts';

/** More are counted only. */
const MAX_RESULTS = 1000;

export function toPlaces(found: readonly (Location | LocationLink)[] | undefined): LanguageAnswer {
  const places = (found ?? []).map((each) =>
    'targetUri' in each
      ? toPlace(each.targetUri, (each.targetSelectionRange ?? each.targetRange).start)
      : toPlace(each.uri, each.range.start),
  );
  const { listed, beyond } = limit(places);
  return { kind: 'places', places: listed, beyond };
}

/** `uri`: of the document whose symbols they are. */
export function toSymbols(found: readonly (DocumentSymbol | SymbolInformation)[], uri?: Uri): LanguageAnswer {
  const symbols = found.flatMap((each) => toFlat(each, uri, 0));
  const { listed, beyond } = limit(symbols);
  return { kind: 'symbols', symbols: listed, beyond };
}

export function toCalls(calls: readonly (LanguageCall | undefined)[]): LanguageAnswer {
  const { listed, beyond } = limit(calls);
  return { kind: 'calls', calls: listed, beyond };
}

export function toCall(
  { name, kind, detail, uri, selectionRange }: CallHierarchyItem,
  ranges: readonly Range[],
): LanguageCall | undefined {
  const place = toPlace(uri, selectionRange.start);
  if (place === undefined) return undefined;
  return {
    ...place,
    name,
    kind: toKind(kind),
    ...(detail === undefined || detail === '' ? {} : { container: detail }),
    depth: 0,
    sites: ranges.slice(0, MAX_RESULTS).map(({ start }) => toPosition(start)),
  };
}

export function toTexts(hovers: readonly Hover[]): LanguageAnswer {
  const texts = hovers.flatMap(({ contents }) =>
    contents.map((content) => (typeof content === 'string' ? content : content.value)),
  );
  return { kind: 'texts', texts };
}

export function toEdit(edit: WorkspaceEdit | undefined): LanguageAnswer {
  const entries = edit?.entries() ?? [];
  const files = entries.flatMap(([uri, edits]) =>
    uri.scheme === 'file'
      ? [
          {
            path: uri.fsPath,
            replacements: edits.map(({ range, newText }) => ({
              start: toPosition(range.start),
              end: toPosition(range.end),
              text: newText,
            })),
          },
        ]
      : [],
  );
  const others = entries.length !== files.length || (edit !== undefined && hasOtherWork(edit));
  return { kind: 'edit', files, others };
}

/** How an entry that changes text is marked (`FileEditType.Text` of the extension host). */
const TEXT_ENTRY = 2;

/**
 * Files that are made, moved or removed, and changes of notebooks: `entries` and `size` leave them out, so what the editor itself goes
 * by is looked at. It is not in the typings; a test in the editor holds it.
 */
function hasOtherWork(edit: WorkspaceEdit): boolean {
  const listAll: unknown = Reflect.get(edit, '_allEntries');
  const all: unknown = typeof listAll === 'function' ? listAll.call(edit) : [];
  return Array.isArray(all) && all.some((entry: { readonly _type?: unknown }) => entry._type !== TEXT_ENTRY);
}

function toFlat(
  symbol: DocumentSymbol | SymbolInformation,
  uri: Uri | undefined,
  depth: number,
): (LanguageSymbol | undefined)[] {
  const { name, kind } = symbol;
  // What a document's provider gives as a tree has both; VS Code adds the one's fields to the other.
  if ('children' in symbol && uri !== undefined) {
    const place = toPlace(uri, symbol.selectionRange.start);
    const own = place && {
      ...place,
      name,
      kind: toKind(kind),
      lastLine: symbol.range.end.line + 1,
      depth,
    };
    return [own, ...symbol.children.flatMap((child) => toFlat(child, uri, depth + 1))];
  }
  if (!('location' in symbol)) return [undefined];
  const place = toPlace(symbol.location.uri, symbol.location.range.start);
  const { containerName } = symbol;
  return [
    place && {
      ...place,
      name,
      kind: toKind(kind),
      lastLine: symbol.location.range.end.line + 1,
      ...(containerName === undefined || containerName === '' ? {} : { container: containerName }),
      depth,
    },
  ];
}

function limit<Each>(found: readonly (Each | undefined)[]): { listed: Each[]; beyond: number } {
  const listed = found.filter((each) => each !== undefined).slice(0, MAX_RESULTS);
  return { listed, beyond: found.length - listed.length };
}

function toPlace({ scheme, fsPath }: Uri, start: Position): LanguagePlace | undefined {
  return scheme === 'file' ? { path: fsPath, ...toPosition(start) } : undefined;
}

function toPosition({ line, character }: Position): { line: number; character: number } {
  return { line: line + 1, character: character + 1 };
}

/** "type parameter" */
function toKind(kind: SymbolKind): string {
  return (SymbolKind[kind] ?? 'symbol').replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
