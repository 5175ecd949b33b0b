/** Suggestions for what is being written: the agent knows files and commands. */
import type { Peer } from '../../../src/channel/peer.ts';
import { EDITOR_SOURCES, type EditorSource } from '../../../src/protocol/attachedText.ts';
import type { SlashCommand } from '../../../src/protocol/commands.ts';
import type { ResponseOf } from '../../../src/protocol/control.ts';
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

/** The best first. Rejects when the agent can't be asked. */
export async function suggest(
  { kind, query }: Trigger,
  peer: Peer,
  signal: AbortSignal,
): Promise<readonly Suggestion[]> {
  if (kind === 'command') {
    const { commands } = await peer.request('initialize', {}, { signal });
    return rankCommands(commands, query).slice(0, MOST).map(toCommand);
  }
  const sources = findSources(query);
  const { suggestions } = await peer.request('file_suggestions', { query }, { signal });
  const resources = query === '' ? [] : await findResources(query, peer, signal);
  const files = suggestions
    .slice(0, MOST - sources.length - resources.length)
    .map(({ path, type }) => toFile(path, type === 'directory'));
  // What is typed of such a name is meant; before anything is typed files are.
  return query === '' ? [...files, ...sources] : [...sources, ...files, ...resources];
}

type Resource = ResponseOf<'belay/mcp_resources'>['resources'][number];

const MOST_RESOURCES = 4;
/** A server that is slower than this has its resources suggested at one of the next letters. Milliseconds. */
const PATIENCE = 300;

async function findResources(query: string, peer: Peer, signal: AbortSignal): Promise<readonly Suggestion[]> {
  const late = new Promise<{ resources: Resource[] }>((resolve) => {
    setTimeout(() => resolve({ resources: [] }), PATIENCE);
  });
  // Files are suggested also where no server can be asked.
  const asked = peer.request('belay/mcp_resources', {}, { signal }).catch(() => ({ resources: [] }));
  const { resources } = await Promise.race([asked, late]);
  return rankResources(resources, query).slice(0, MOST_RESOURCES).map(toResource);
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

const SOURCES: Readonly<Record<EditorSource, Pick<Suggestion, 'icon' | 'detail'>>> = {
  problems: { icon: 'warning', detail: 'errors and warnings that the editor knows of' },
  changes: { icon: 'git-commit', detail: 'uncommitted changes' },
  terminal: { icon: 'terminal', detail: 'the last command of the terminal, and its output' },
};

/** What of the editor has a name that begins so. */
function findSources(query: string): readonly Suggestion[] {
  return EDITOR_SOURCES.filter((name) => name.startsWith(query.toLowerCase())).map((name) => ({
    ...SOURCES[name],
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
