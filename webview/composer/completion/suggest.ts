/** Suggestions for what is being written: the agent knows files and commands. */

import type { Peer } from '../../../src/channel/peer.ts';
import { EDITOR_SOURCES, type EditorSource } from '../../../src/protocol/attachedText.ts';
import type { SlashCommand } from '../../../src/protocol/commands.ts';
import type { ResponseOf } from '../../../src/protocol/control.ts';
import { t } from '../../l10n/texts.ts';
import { type Trigger, writeMention } from './findTrigger.ts';

export interface Suggestion {
  readonly key: string;
  readonly icon: string;
  readonly label: string;
  readonly detail: string;
  /** What it puts in place of what was typed. */
  readonly insert: string;
  /** More can be chosen below it: a folder. */
  readonly goesOn: boolean;
}

/** Shown at once. */
const MOST = 12;

/**
 * The best first; again with more behind them as others than the agent itself have answered (language servers, MCP servers). Rejects
 * when the agent can't be asked.
 */
export async function* suggest(
  { kind, query }: Trigger,
  peer: Peer,
  signal: AbortSignal,
): AsyncGenerator<readonly Suggestion[], void> {
  if (kind === 'command') {
    const { commands } = await peer.request('initialize', {}, { signal });
    yield rankCommands(commands, query).slice(0, MOST).map(toCommand);
    return;
  }
  const sources = findSources(query);
  const others = query === '' ? [] : [findSymbols(query, peer, signal), findResources(query, peer, signal)];
  const { suggestions } = await peer.request('file_suggestions', { query }, { signal });
  const files = suggestions.map(({ path, type }) => toFile(path, type === 'directory'));
  // What is typed of such a name is meant; before anything is typed files are.
  const own = query === '' ? [...files, ...sources] : [...sources, ...files];
  yield own.slice(0, MOST);
  for await (const found of inOrder(others)) {
    if (found.length > 0) yield [...own.slice(0, MOST - found.length), ...found];
  }
}

/** All that is there so far, each time another one has answered. */
async function* inOrder(
  asked: readonly Promise<readonly Suggestion[]>[],
): AsyncGenerator<readonly Suggestion[], void> {
  const answers: (readonly Suggestion[])[] = asked.map(() => []);
  const waiting = new Map(asked.map((answer, index) => [index, answer.then((found) => ({ index, found }))]));
  while (waiting.size > 0) {
    const { index, found } = await Promise.race(waiting.values());
    waiting.delete(index);
    answers[index] = found;
    yield answers.flat();
  }
}

type FoundSymbol = ResponseOf<'belay/symbol_suggestions'>['symbols'][number];

const MOST_SYMBOLS = 4;

/** Files are suggested also where nobody knows symbols. */
async function findSymbols(query: string, peer: Peer, signal: AbortSignal): Promise<readonly Suggestion[]> {
  try {
    const { symbols } = await peer.request('belay/symbol_suggestions', { query }, { signal });
    return symbols.slice(0, MOST_SYMBOLS).map(toSymbol);
  } catch {
    return [];
  }
}

/** The mention is one of its lines: they are read as of any file. */
function toSymbol({ name, kind, container, path, line, lastLine }: FoundSymbol): Suggestion {
  const range = `#L${line}${lastLine > line ? `-${lastLine}` : ''}`;
  return {
    key: `${path}${range} ${name}`,
    icon: `symbol-${kind.replaceAll(' ', '-')}`,
    label: name,
    detail: [container, `${path}:${line}`].filter((part) => part !== undefined && part !== '').join(' · '),
    insert: `${writeMention(`${path}${range}`)} `,
    goesOn: false,
  };
}

type Resource = ResponseOf<'belay/mcp_resources'>['resources'][number];

const MOST_RESOURCES = 4;

/** Files are suggested also where no server can be asked. */
async function findResources(query: string, peer: Peer, signal: AbortSignal): Promise<readonly Suggestion[]> {
  try {
    const { resources } = await peer.request('belay/mcp_resources', {}, { signal });
    return rankResources(resources, query).slice(0, MOST_RESOURCES).map(toResource);
  } catch {
    return [];
  }
}

/** Those whose mention begins so, then those that have it somewhere in it or in their name. */
export function rankResources(resources: readonly Resource[], query: string): readonly Resource[] {
  const wanted = query.toLowerCase();
  const begins = (resource: Resource) => toAddress(resource).toLowerCase().startsWith(wanted);
  const has = (resource: Resource) =>
    `${toAddress(resource)}\n${resource.name}`.toLowerCase().includes(wanted);
  return [...resources.filter(begins), ...resources.filter((resource) => !begins(resource) && has(resource))];
}

const toAddress = ({ server, uri }: Resource): string => `${server}:${uri}`;

function toResource(resource: Resource): Suggestion {
  return {
    key: toAddress(resource),
    icon: 'server',
    label: resource.name,
    detail: toAddress(resource),
    insert: `${writeMention(toAddress(resource))} `,
    goesOn: false,
  };
}

const describeSources = (): Readonly<Record<EditorSource, Pick<Suggestion, 'icon' | 'detail'>>> => ({
  problems: { icon: 'warning', detail: t('errors and warnings that the editor knows of') },
  changes: { icon: 'git-commit', detail: t('uncommitted changes') },
  terminal: { icon: 'terminal', detail: t('the last command of the terminal, and its output') },
});

/** What of the editor has a name that begins so. */
function findSources(query: string): readonly Suggestion[] {
  const described = describeSources();
  return EDITOR_SOURCES.filter((name) => name.startsWith(query.toLowerCase())).map((name) => ({
    ...described[name],
    key: name,
    label: name,
    insert: `@${name} `,
    goesOn: false,
  }));
}

/** Those whose name begins so, then those that have it somewhere in their name, then in what they do. */
export function rankCommands(commands: readonly SlashCommand[], query: string): readonly SlashCommand[] {
  const wanted = query.toLowerCase();
  const rank = ({ name, description }: SlashCommand): number => {
    const lower = name.toLowerCase();
    if (lower.startsWith(wanted)) return 0;
    if (lower.includes(wanted)) return 1;
    return wanted.length > 2 && description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((ranked) => ranked.rank < 3)
    .sort((left, right) => left.rank - right.rank || (left.command.name < right.command.name ? -1 : 1))
    .map(({ command }) => command);
}

function toCommand({ name, description, argumentHint }: SlashCommand): Suggestion {
  return {
    key: `/${name}`,
    icon: 'symbol-event',
    label: `/${name}`,
    detail: [argumentHint, description].filter((part) => part !== '').join(' – '),
    insert: `/${name} `,
    goesOn: false,
  };
}

function toFile(path: string, isFolder: boolean): Suggestion {
  const slash = path.lastIndexOf('/');
  const mention = isFolder ? writeMention(`${path}/`).replace(/"$/, '') : `${writeMention(path)} `;
  return {
    key: path,
    icon: isFolder ? 'folder' : 'file',
    label: path.slice(slash + 1),
    detail: slash === -1 ? '' : path.slice(0, slash),
    insert: mention,
    goesOn: isFolder,
  };
}
