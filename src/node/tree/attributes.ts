/**
 * Where the bytes of a file in the work tree may differ from git's object of it, as .gitattributes files say
 * (gitattributes(5)): a filter (LFS, encryption), another encoding, other line ends.
 */
import ignore, { type Ignore } from 'ignore';

export interface AttributeFile {
  /** The folder it speaks of, absolute, with "/". */
  readonly folder: string;
  readonly text: string;
}

export interface ContentAttributes {
  /** Git may hold other bytes of the same length: its object proves nothing. */
  isFiltered(path: string): boolean;
  /** Line ends or keywords are changed somewhere, which always changes the length. */
  readonly changesLengths: boolean;
}

const FILTERS = /^(?:filter|working-tree-encoding)(?:=|$)/;
const LENGTHS = /^(?:text|eol|crlf|ident)(?:=|$)/;

export function readAttributes(files: readonly AttributeFile[]): ContentAttributes {
  const lines = files.flatMap(({ folder, text }) =>
    text.split('\n').map((line) => ({ folder, line: line.trim() })),
  );
  const macros = findFilteringMacros(lines.map(({ line }) => line));
  const patterns = new Map<string, Ignore>();
  let changesLengths = false;
  for (const { folder, line } of lines) {
    const [pattern, ...attributes] = splitLine(line);
    if (pattern === undefined) continue;
    changesLengths ||= attributes.some((name) => LENGTHS.test(name));
    if (!attributes.some((name) => FILTERS.test(name) || macros.has(name))) continue;
    const known = patterns.get(folder) ?? ignore();
    patterns.set(folder, known.add(pattern));
  }
  return {
    changesLengths,
    isFiltered: (path) =>
      [...patterns].some(
        ([folder, matcher]) =>
          path.startsWith(`${folder}/`) && matcher.ignores(path.slice(folder.length + 1)),
      ),
  };
}

/** `[attr]name filter=…` makes `name` mean a filter, and every macro that names it. */
function findFilteringMacros(lines: readonly string[]): ReadonlySet<string> {
  const macros = lines.flatMap((line) => {
    const [head = '', ...attributes] = line.split(/[ \t]+/);
    return head.startsWith('[attr]') ? [{ name: head.slice('[attr]'.length), attributes }] : [];
  });
  const found = new Set<string>();
  for (let known = -1; known < found.size; ) {
    known = found.size;
    for (const { name, attributes } of macros)
      if (attributes.some((one) => FILTERS.test(one) || found.has(one))) found.add(name);
  }
  return found;
}

/** Pattern and attributes; nothing of a comment. A pattern in quotes may hold spaces. */
function splitLine(line: string): readonly string[] {
  if (line === '' || line.startsWith('#')) return [];
  const quoted = /^"((?:[^"\\]|\\.)*)"(.*)$/.exec(line);
  const rest = (quoted?.[2] ?? line).split(/[ \t]+/).filter((word) => word !== '');
  return quoted?.[1] === undefined ? rest : [quoted[1].replace(/\\(.)/g, '$1'), ...rest];
}
