/** What is asked of an editor's language servers, between the processes. Lines and characters from 1, characters in UTF-16 units. */
import * as z from 'zod';
import { problem } from './problems.ts';

const position = { line: z.number(), character: z.number() };

export const positionOperation = z.enum([
  'goToDefinition',
  'goToImplementation',
  'findReferences',
  'hover',
  'prepareCallHierarchy',
  'incomingCalls',
  'outgoingCalls',
]);

export const languageQuestion = z.discriminatedUnion('operation', [
  z.object({ operation: positionOperation, path: z.string(), ...position }),
  z.object({ operation: z.literal('documentSymbol'), path: z.string() }),
  z.object({ operation: z.literal('workspaceSymbol'), query: z.string() }),
  /** Of one file, or of all that the editor knows about. */
  z.object({ operation: z.literal('diagnostics'), path: z.string().optional() }),
  z.object({ operation: z.literal('rename'), path: z.string(), ...position, newName: z.string() }),
]);
export type LanguageQuestion = z.infer<typeof languageQuestion>;

const place = z.object({ path: z.string(), ...position });
export type LanguagePlace = z.infer<typeof place>;

const symbol = z.object({
  ...place.shape,
  name: z.string(),
  /** "function" */
  kind: z.string(),
  /** What it is in. */
  container: z.string().optional(),
  /** Its last line, where the server says how far it goes. */
  lastLine: z.number().optional(),
  /** How deep it stands in others of the list. */
  depth: z.number(),
});
export type LanguageSymbol = z.infer<typeof symbol>;

const call = z.object({
  ...symbol.shape,
  /** Where the calls stand, in the file of the one that calls. */
  sites: z.array(z.object(position)),
});
export type LanguageCall = z.infer<typeof call>;

/** Not in order, not overlapping. */
const fileEdit = z.object({
  path: z.string(),
  replacements: z.array(z.object({ start: z.object(position), end: z.object(position), text: z.string() })),
});
export type LanguageFileEdit = z.infer<typeof fileEdit>;

/** `beyond`: how many there are that are in no file, or too many to be listed. */
const beyond = z.number();

export const languageAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('places'), places: z.array(place), beyond }),
  z.object({ kind: z.literal('symbols'), symbols: z.array(symbol), beyond }),
  z.object({ kind: z.literal('calls'), calls: z.array(call), beyond }),
  z.object({ kind: z.literal('texts'), texts: z.array(z.string()) }),
  z.object({
    kind: z.literal('problems'),
    files: z.array(z.object({ path: z.string(), problems: z.array(problem) })),
    beyond,
  }),
  /** `others`: the server would do more than to change text, or in more than files. */
  z.object({ kind: z.literal('edit'), files: z.array(fileEdit), others: z.boolean() }),
  /** In the words of the server, or those of the editor. */
  z.object({ kind: z.literal('refused'), reason: z.string() }),
  /** Nobody has answered in time. */
  z.object({ kind: z.literal('late'), seconds: z.number() }),
]);
export type LanguageAnswer = z.infer<typeof languageAnswer>;
