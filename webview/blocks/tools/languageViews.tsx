import type { VNode } from 'preact';
import { ChangeCount } from '../../diff/ChangeCount.tsx';
import { PlainResult, PlainText } from './PlainResult.tsx';
import { toResultText } from './resultText.ts';
import { toBaseName } from './shownPath.ts';
import { getNumber, getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

const VERBS: Readonly<Record<string, string>> = {
  goToDefinition: 'Definition',
  goToImplementation: 'Implementations',
  findReferences: 'References',
  hover: 'Look up',
  prepareCallHierarchy: 'Function',
  incomingCalls: 'Callers',
  outgoingCalls: 'Calls',
  documentSymbol: 'Symbols',
  workspaceSymbol: 'Symbols',
  diagnostics: 'Problems',
};

/** What the language servers know. */
export const lspView: ToolView = {
  icon: 'symbol-misc',
  isFramed: false,
  title: ({ input }) => {
    const operation = getString(input, 'operation');
    const verb = Object.hasOwn(VERBS, operation) ? (VERBS[operation] ?? '') : 'Language server';
    return { verb, subject: getString(input, 'query') || toPlace(input), isCode: true };
  },
  hasBody: ({ run }) => toResultText(run.result) !== '',
  isOpenByDefault: () => false,
  Summary: ResultCount,
  Body: PlainResult,
};

/** A name that is changed wherever it is used. */
export const renameView: ToolView = {
  icon: 'replace-all',
  isFramed: true,
  title: ({ input }) => ({
    verb: 'Rename',
    subject: `${toPlace(input)} → ${getString(input, 'newName')}`,
    isCode: true,
  }),
  hasBody: ({ run }) => toResultText(run.result) !== '',
  isOpenByDefault: () => true,
  Summary: RenamedCount,
  Body: RenamedLines,
};

/** Without the problems, which the card lists by themselves. */
function RenamedLines({ call }: { readonly call: ToolCall }): VNode {
  const summary = getString(call.run.details, 'summary');
  return summary === '' ? <PlainResult call={call} /> : <PlainText text={summary} />;
}

/** "notes.ts:12" */
function toPlace(input: unknown): string {
  const line = getNumber(input, 'line');
  return `${toBaseName(getString(input, 'filePath'))}${line === null ? '' : `:${line}`}`;
}

function ResultCount({ call }: { readonly call: ToolCall }): VNode | null {
  const count = getNumber(call.run.details, 'resultCount');
  if (count === null) return null;
  return <span class="tool-note">{count === 1 ? '1 result' : `${count} results`}</span>;
}

function RenamedCount({ call }: { readonly call: ToolCall }): VNode | null {
  const { files } = call.run;
  if (files.length === 0) return null;
  const sum = (of: 'insertions' | 'deletions'): number =>
    files.reduce((all, file) => all + (file[of] ?? 0), 0);
  return <ChangeCount insertions={sum('insertions')} deletions={sum('deletions')} />;
}
