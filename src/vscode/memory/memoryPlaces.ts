/** The files in which people write down things for agents, as a choice for one more line. No editor in here. */
import { joinPath } from '../../core/paths.ts';
import type { Workspace } from '../../core/ports.ts';

export interface MemoryPlace {
  readonly path: string;
  readonly label: string;
  readonly detail: string;
}

export interface MemoryChoice {
  readonly workspace: Pick<Workspace, 'roots' | 'platform' | 'trusted'>;
  /** Folders of the workspace in which people work; empty: no folder is open. */
  readonly hasFolder: boolean;
  /** Absolute path of the folder with the user's own files. */
  readonly configDir: string;
  readonly exists: (path: string) => Promise<boolean>;
}

/** Nearest first. Files of a project that is not trusted are not read, so nothing is offered to be written there. */
export async function listMemoryPlaces(choice: MemoryChoice): Promise<readonly MemoryPlace[]> {
  const { workspace, hasFolder, configDir } = choice;
  const { platform, roots, trusted } = workspace;
  const folders = trusted && hasFolder ? roots : [];
  const ofFolders = await Promise.all(
    folders.map(async (folder) => {
      const name = folders.length > 1 ? ` in ${folder}` : '';
      const shared = await findName(folder, choice);
      return [
        {
          path: joinPath(folder, shared, platform),
          label: `Project${name}`,
          detail: `${shared}: for all who work on it`,
        },
        {
          path: joinPath(folder, 'CLAUDE.local.md', platform),
          label: `Project${name}, only you`,
          detail: 'CLAUDE.local.md: keep it out of version control',
        },
      ];
    }),
  );
  const own = joinPath(configDir, await findName(configDir, choice), platform);
  return [...ofFolders.flat(), { path: own, label: 'All projects, only you', detail: own }];
}

/** AGENTS.md only where it is what people use. */
async function findName(folder: string, { exists, workspace: { platform } }: MemoryChoice): Promise<string> {
  const has = (name: string): Promise<boolean> => exists(joinPath(folder, name, platform));
  return !(await has('CLAUDE.md')) && (await has('AGENTS.md')) ? 'AGENTS.md' : 'CLAUDE.md';
}

/** What is put at the end of a file with this text. `typed`: with its number sign. */
export function toMemoryLine(typed: string, before: string): string {
  const said = typed.replace(/^#/, '').trim().replaceAll(/\s+/g, ' ');
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  const start = before === '' || before.endsWith('\n') ? '' : newline;
  return `${start}${/^[-*] /.test(said) ? said : `- ${said}`}${newline}`;
}
