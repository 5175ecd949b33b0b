/** Code to coloured segments, line by line. highlight.js finds the tokens; its HTML output is not used. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { toTokenName } from './tokenNames.ts';

/** A run of text in one colour; `token` is a name of tokenNames.ts, null for the plain colour. */
export interface Segment {
  readonly text: string;
  readonly token: string | null;
}
export type CodeLine = readonly Segment[];

/** Characters of one block that are coloured. */
const LENGTH_LIMIT = 60_000;

const LANGUAGES = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  makefile,
  markdown,
  php,
  powershell,
  python,
  ruby,
  rust,
  shell,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};

/** Made when the first code is coloured: registering the languages takes longer than drawing a short conversation. */
const getHighlighter = once(createHighlighter);

function createHighlighter(): typeof hljs {
  const instance = hljs.newInstance();
  for (const [name, language] of Object.entries(LANGUAGES)) instance.registerLanguage(name, language);
  instance.registerAliases(['vue', 'svelte', 'astro'], { languageName: 'xml' });
  return instance;
}

/** null: no such language, or too long to be coloured. */
export function highlightCode(code: string, language: string): readonly CodeLine[] | null {
  if (code.length > LENGTH_LIMIT || getHighlighter().getLanguage(language) === undefined) return null;
  const { _emitter: emitter } = getHighlighter().highlight(code, { language, ignoreIllegals: true });
  return toLines((emitter as unknown as { readonly root: ScopeNode }).root);
}

/** The language of a file by its name; '' where we know none. */
export function languageOfPath(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const extension = name.slice(name.lastIndexOf('.') + 1);
  return getHighlighter().getLanguage(extension) === undefined ? '' : extension;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface ScopeNode {
  readonly scope?: string;
  readonly children: readonly (ScopeNode | string)[];
}

function toLines(root: ScopeNode): readonly CodeLine[] {
  const lines: Segment[][] = [[]];
  const walk = (node: ScopeNode | string, token: string | null): void => {
    if (typeof node !== 'string') {
      const own = node.scope === undefined ? token : (toTokenName(node.scope) ?? token);
      for (const child of node.children) walk(child, own);
      return;
    }
    for (const [index, text] of node.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push({ text, token });
    }
  };
  walk(root, null);
  return lines;
}
