/** The problems, the uncommitted changes and the last command of a terminal, as they are when a message names them. */
import {
  DiagnosticSeverity,
  Disposable,
  extensions,
  languages,
  type TerminalShellExecution,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { AttachedText, EditorSource } from '../../protocol/attachedText.ts';
import { cutSource, findSources, toPlainOutput } from './findSources.ts';

export interface EditorSources extends Disposable {
  /** What a message with this text is to bring along. Never rejects. */
  read(text: string): Promise<readonly AttachedText[]>;
}

/** Files whose problems, or whose changes, are told. */
const MOST_FILES = 100;
/** Characters of a terminal's output that are kept: its end. */
const MOST_OUTPUT = 60_000;

export function createEditorSources(): EditorSources {
  const terminal = watchTerminals();
  const readers: Readonly<Record<EditorSource, () => Promise<readonly AttachedText[]>>> = {
    problems: async () => readProblems(),
    changes: readChanges,
    terminal: async () => [terminal.read()],
  };
  return {
    async read(text) {
      const found = await Promise.all(findSources(text).map((name) => readSafely(name, readers[name])));
      return found.flat();
    },
    dispose: () => terminal.dispose(),
  };
}

async function readSafely(
  name: EditorSource,
  read: () => Promise<readonly AttachedText[]>,
): Promise<readonly AttachedText[]> {
  try {
    return await read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ title: `@${name}`, text: `It could not be read: ${why}` }];
  }
}

const SEVERITIES = { [DiagnosticSeverity.Error]: 'error', [DiagnosticSeverity.Warning]: 'warning' } as const;

/** Of files: each has its own part, so that one that may not be read can be left out. */
function readProblems(): readonly AttachedText[] {
  const files = languages.getDiagnostics().flatMap(([uri, diagnostics]) => {
    const lines = diagnostics.flatMap(({ severity, message, range, source }) => {
      const name = severity in SEVERITIES ? SEVERITIES[severity as keyof typeof SEVERITIES] : undefined;
      if (name === undefined) return [];
      return [
        `line ${range.start.line + 1}: ${name}: ${message}${source === undefined ? '' : ` (${source})`}`,
      ];
    });
    if (uri.scheme !== 'file' || lines.length === 0) return [];
    return [
      { title: `Problems in ${uri.fsPath}`, text: cutSource(lines.join('\n'), 'start'), path: uri.fsPath },
    ];
  });
  return files.length === 0
    ? [{ title: '@problems', text: 'The editor knows of none.' }]
    : limit(files, '@problems');
}

/** The part of VS Code's Git extension (https://github.com/microsoft/vscode, extensions/git/src/api/git.d.ts) that is used. */
interface GitApi {
  readonly repositories: readonly {
    readonly state: Readonly<
      Record<
        'indexChanges' | 'workingTreeChanges' | 'mergeChanges' | 'untrackedChanges',
        readonly { readonly uri: Uri }[]
      >
    >;
    diffWithHEAD(path: string): Promise<string>;
  }[];
}

/** Through VS Code's own Git extension: it runs git, under the trust of the workspace. */
async function readChanges(): Promise<readonly AttachedText[]> {
  const extension = extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  if (extension === undefined) throw new Error("VS Code's Git extension is not there.");
  if (!workspace.isTrusted) throw new Error('The workspace is not trusted, so git is not run.');
  const git = (await extension.activate()).getAPI(1);
  const parts = await Promise.all(
    git.repositories.map(async (repository) => {
      const { indexChanges, workingTreeChanges, mergeChanges, untrackedChanges } = repository.state;
      const tracked = [...indexChanges, ...workingTreeChanges, ...mergeChanges].map(({ uri }) => uri.fsPath);
      const known = new Set(untrackedChanges.map(({ uri }) => uri.fsPath));
      const paths = [...new Set(tracked)].filter((path) => !known.has(path)).slice(0, MOST_FILES);
      const diffs = await Promise.all(
        paths.map(async (path) => {
          const diff = await repository.diffWithHEAD(path);
          return {
            title: `Uncommitted changes of ${path}`,
            text: cutSource(diff || '(a new file)', 'start'),
            path,
          };
        }),
      );
      const added = [...known].map((path) => ({
        title: `Uncommitted changes of ${path}`,
        text: '(a new file)',
        path,
      }));
      return [...diffs, ...added];
    }),
  );
  const files = parts.flat();
  if (git.repositories.length === 0) return [{ title: '@changes', text: 'There is no git repository here.' }];
  return files.length === 0
    ? [{ title: '@changes', text: 'Nothing is uncommitted.' }]
    : limit(files, '@changes');
}

function limit(parts: readonly AttachedText[], title: string): readonly AttachedText[] {
  const rest = parts.length - MOST_FILES;
  if (rest <= 0) return parts;
  return [...parts.slice(0, MOST_FILES), { title, text: `and ${rest} more files` }];
}

/** Only commands of terminals with shell integration, and only since it watches. */
function watchTerminals() {
  let last: { readonly execution: TerminalShellExecution; output: string; end: string } | undefined;
  const watched = Disposable.from(
    window.onDidStartTerminalShellExecution(async ({ execution }) => {
      const running = { execution, output: '', end: 'still runs' };
      last = running;
      for await (const part of execution.read()) running.output = (running.output + part).slice(-MOST_OUTPUT);
    }),
    window.onDidEndTerminalShellExecution(({ execution, exitCode }) => {
      if (last?.execution === execution) last.end = `ended with ${exitCode ?? 'an unknown exit code'}`;
    }),
  );
  return {
    read(): AttachedText {
      if (last === undefined) {
        return {
          title: '@terminal',
          text: 'No command was seen in a terminal since Belay was opened. Shell integration must be on (terminal.integrated.shellIntegration.enabled).',
        };
      }
      const { execution, output, end } = last;
      const title = `The last command of the terminal (${end}): ${execution.commandLine.value}`;
      return { title, text: cutSource(toPlainOutput(output), 'end') };
    },
    dispose: () => watched.dispose(),
  };
}
