/** Asks the providers that extensions have registered, by the commands that VS Code has for that. */
import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  commands,
  type DocumentSymbol,
  type Hover,
  type Location,
  type LocationLink,
  Position,
  type SymbolInformation,
  Uri,
  type WorkspaceEdit,
} from 'vscode';
import type { LanguageAnswer, LanguageQuestion } from '../../protocol/languageFeatures.ts';
import { toCall, toCalls, toEdit, toPlaces, toSymbols, toTexts } from './toAnswer.ts';

export type ProviderQuestion = Exclude<LanguageQuestion, { operation: 'diagnostics' }>;

/** Rejects with what a provider has thrown. */
export async function askProviders(question: ProviderQuestion): Promise<LanguageAnswer> {
  if (question.operation === 'workspaceSymbol') {
    const found = await run<SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', question.query);
    return toSymbols(found ?? []);
  }
  const uri = Uri.file(question.path);
  if (question.operation === 'documentSymbol') {
    const found = await run<(DocumentSymbol | SymbolInformation)[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    return toSymbols(found ?? [], uri);
  }
  const position = new Position(question.line - 1, question.character - 1);
  switch (question.operation) {
    case 'goToDefinition':
      return toPlaces(await run<Places>('vscode.executeDefinitionProvider', uri, position));
    case 'goToImplementation':
      return toPlaces(await run<Places>('vscode.executeImplementationProvider', uri, position));
    case 'findReferences':
      return toPlaces(await run<Places>('vscode.executeReferenceProvider', uri, position));
    case 'hover':
      return toTexts((await run<Hover[]>('vscode.executeHoverProvider', uri, position)) ?? []);
    case 'prepareCallHierarchy':
      return toCalls((await findItems(uri, position)).map((item) => toCall(item, [])));
    case 'incomingCalls':
      return toCalls(await findIncoming(uri, position));
    case 'outgoingCalls':
      return toCalls(await findOutgoing(uri, position));
    case 'rename':
      return toEdit(
        await run<WorkspaceEdit>('vscode.executeDocumentRenameProvider', uri, position, question.newName),
      );
    default:
      return question satisfies never;
  }
}

type Places = readonly (Location | LocationLink)[];

/** The commands answer with what `vscode.d.ts` and the documentation of built-in commands say, or with nothing. */
async function run<Result>(command: string, ...given: readonly unknown[]): Promise<Result | undefined> {
  return (await commands.executeCommand<Result | null | undefined>(command, ...given)) ?? undefined;
}

async function findItems(uri: Uri, position: Position): Promise<readonly CallHierarchyItem[]> {
  return (await run<CallHierarchyItem[]>('vscode.prepareCallHierarchy', uri, position)) ?? [];
}

async function findIncoming(uri: Uri, position: Position) {
  const items = await findItems(uri, position);
  const found = await Promise.all(
    items.map((item) => run<CallHierarchyIncomingCall[]>('vscode.provideIncomingCalls', item)),
  );
  return found.flatMap((calls = []) => calls.map(({ from, fromRanges }) => toCall(from, fromRanges)));
}

async function findOutgoing(uri: Uri, position: Position) {
  const items = await findItems(uri, position);
  const found = await Promise.all(
    items.map((item) => run<CallHierarchyOutgoingCall[]>('vscode.provideOutgoingCalls', item)),
  );
  return found.flatMap((calls = []) => calls.map(({ to, fromRanges }) => toCall(to, fromRanges)));
}
