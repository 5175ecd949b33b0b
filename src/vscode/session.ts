/**
 * All that is heavy, loaded when a panel or a command first needs it: the composition root of everything that is not a
 * registration.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Disposable, type ExtensionContext, env, l10n, Uri, workspace as vscodeWorkspace } from 'vscode';
import type { LoginPorts } from '../core/mcp/serverLogin.ts';
import { readPermissionLog } from '../core/sessions/permissionLog.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import type { Attention } from './attention.ts';
import { type CheckpointActions, createCheckpointActions } from './checkpoints/checkpointActions.ts';
import { createRewinds } from './checkpoints/rewinds.ts';
import { type CommentActions, type Comments, createComments } from './comments/createComments.ts';
import { createLineStorage } from './comments/lineStorage.ts';
import { watchEditorContext } from './context/editorContext.ts';
import { createEditorSources } from './context/editorSources.ts';
import { continueClaude } from './continueClaude.ts';
import { describePanel } from './describePanel.ts';
import type { EarlierTexts } from './earlierText.ts';
import { createEditorPorts } from './editorPorts.ts';
import { createEditorProviders, onProviderChange, tellProvider } from './editorProviders.ts';
import { createKeptSessions } from './keptSessions.ts';
import type { EditorLog } from './log.ts';
import { createMcpView, type McpView } from './mcp/mcpView.ts';
import { chooseAgentOpener } from './openAgent.ts';
import { OpenSessions } from './openSessions.ts';
import { createPanelActions } from './panelActions.ts';
import { toPermissionLogText } from './permissionLogText.ts';
import type { ProposalActions } from './proposals/proposalCommands.ts';
import type { ProposalFiles } from './proposals/proposalFiles.ts';
import { createProposalReview } from './proposals/reviewProposals.ts';
import { createReviews } from './review/createReviews.ts';
import type { KeepUndo } from './review/keepUndo.ts';
import { createNewsStorage } from './review/newsStorage.ts';
import type { Review } from './review/review.ts';
import type { ReviewActions } from './review/reviewActions.ts';
import { createReviewNews } from './review/reviewNews.ts';
import type { EditorSecrets } from './secrets.ts';
import { createSessionCommands, type SessionCommands, showPanel } from './sessionCommands.ts';
import type { SessionHost } from './sessionHost.ts';
import { readSettings, type Settings } from './settings.ts';
import { createThemeColors } from './themeTokens.ts';
import { createViewStore } from './viewStore.ts';
import { watchSession } from './watchSession.ts';
import { createWorkspacePort } from './workspacePort.ts';

/** What the registrations have made already. */
export interface Edge {
  readonly context: ExtensionContext;
  readonly log: EditorLog;
  readonly secrets: EditorSecrets;
  readonly attention: Attention;
  readonly earlierTexts: EarlierTexts;
  readonly proposalFiles: ProposalFiles;
  readonly login: LoginPorts;
  /** Called when the permission rules of the current session may be others. */
  readonly onRulesChange: () => void;
  /** The same of its checkpoints. */
  readonly onCheckpointsChange: () => void;
  /** The same of its MCP servers. */
  readonly onServersChange: () => void;
}

export interface Sessions extends SessionCommands {
  readonly checkpoints: CheckpointActions;
  readonly review: Review;
  readonly reviewActions: ReviewActions;
  readonly keepUndo: KeepUndo;
  readonly proposals: ProposalActions;
  readonly comments: CommentActions;
  readonly mcp: McpView;
  attach: (...surface: Parameters<OpenSessions['attach']>) => Promise<void>;
  /** The session of the panel that was used last; null: there is none. */
  currentSession(): string | null;
  /** The same, to be asked; undefined: there is none. */
  currentHost(): SessionHost | undefined;
  /** What was decided in this session, for a person (permissionLogText.ts). */
  readPermissionLog(sessionId: string): Promise<string>;
  /** Ends everything and writes what is to be written. */
  close(): Promise<void>;
}

export async function createSessions(edge: Edge): Promise<Sessions> {
  const { context, log, secrets, attention, earlierTexts, proposalFiles } = edge;
  const storageRoot = context.globalStorageUri.fsPath;
  const workspace = createWorkspacePort(await makeEmptyFolder(storageRoot));
  const ports = createEditorPorts({ workspace, log, storageRoot, login: edge.login });
  context.subscriptions.push(ports.userSaves, ports.diagnostics, ports.fileNews);
  const { transcripts, files, clock, configDir, temporaryFiles } = ports;
  const swept = temporaryFiles.sweep();
  const settings = readSettings;
  const providers = createEditorProviders({ memento: context.globalState, secrets, clock, log });
  const rewinds = createRewinds({ earlierTexts, log });
  const proposing = createProposalReview({
    ...{ proposalFiles, files, workspace, settings, log },
    onChange: () => sessions.refresh(),
  });
  const editorContext = watchEditorContext();
  const editorSources = createEditorSources();
  const colors = createThemeColors(() => sessions.refresh());
  const reviews = createReviews(context, { log, sessions: () => sessions });
  const newsStorage = createNewsStorage(reviews.storageFile('reviewNews.json'), log);
  const news = createReviewNews(reviews.review, newsStorage);
  const comments: Comments = createComments({
    ...{ review: reviews.review, log },
    state: context.workspaceState,
    lineStorage: createLineStorage(reviews.storageFile('commentableLines.json'), log),
    openPanel: async () => {
      const { host } = await showPanel(sessions);
      // The panel shows the choice of a provider then.
      return providers.kind === null ? undefined : host;
    },
    cwd: () => workspace.cwd,
  });
  const agentDeps = {
    ...{ ports, providers, settings, storageRoot },
    reviewComments: comments.port,
    version: String(context.extension.packageJSON.version),
    script: context.asAbsolutePath('dist/agentProcess.js'),
  };
  const kept = createKeptSessions({
    ...{ transcripts, log },
    sessions: {
      host: (sessionId) => sessions.host(sessionId),
      release: (sessionId) => sessions.release(sessionId),
    },
  });
  const chooseClaude = () => continueClaude({ transcripts, cwd: workspace.cwd, environment: process.env });
  const sessions: OpenSessions = new OpenSessions({
    transcripts,
    start: () => ({
      title: '',
      model: providers.defaultModel(),
      permissionMode: chooseMode(workspace.trusted, settings()),
    }),
    chooseAgentOpener: () => chooseAgentOpener(agentDeps),
    watch: (sessionId) => watchSession(sessionId, { transcripts, log, wait: waitToLook }),
    describe: (host) =>
      describePanel(host, {
        ...{ providers, workspace, settings: settings(), tokenColors: colors.current },
        proposals: proposing.proposals,
        review: reviews.review,
        comments: comments.comments,
        context: editorContext,
        phases: sessions.phases(),
      }),
    language: { language: env.language, texts: { ...l10n.bundle } },
    actions: createPanelActions({
      ...{ files, configDir, workspace, providers, secrets, earlierTexts, rewinds, settings, log },
      kept,
      ...{ proposals: proposing.proposals, review: reviews.review, reviewActions: reviews.actions },
      ...{ comments: comments.actions, editorSources },
      openSession: (panel, sessionId) => sessions.open(panel, sessionId),
      continueClaude: chooseClaude,
    }),
    views: createViewStore(context.workspaceState),
    memento: context.workspaceState,
    log,
    openPage: async (url) => env.openExternal(Uri.parse(url, true)),
    reviewAnswer: (question, answer) => proposing.proposals.review(question, answer),
    onSession: proposing.watch,
    onActivity: attention.update,
    onRulesChange: edge.onRulesChange,
    onCheckpointsChange: edge.onCheckpointsChange,
    onServersChange: edge.onServersChange,
    onFilesChange: (host) => void reviews.review.sync(host),
    takeNews: (sessionId) => news.take(sessionId),
  });
  const mcp = createMcpView({ host: () => sessions.current()?.host, earlierTexts, cwd: workspace.cwd });
  await providers.ready;
  context.subscriptions.push(
    tellProvider(providers),
    onProviderChange(providers, () => sessions.changeModel(providers.defaultModel())),
    refreshOnChange(() => sessions.refresh()),
    vscodeWorkspace.onDidGrantWorkspaceTrust(() => sessions.renew()),
    providers.onDidChange(() => sessions.refresh()),
    providers,
    editorContext,
    editorSources,
    editorContext.onDidChange(() => sessions.refresh()),
    mcp,
    colors,
    reviews,
    reviews.review.onDidChange(() => sessions.refresh()),
    comments,
    comments.comments.onDidChange(() => sessions.refresh()),
    news,
    proposing,
  );
  return {
    ...createSessionCommands({
      ...{ sessions, transcripts, providers, secrets, rewinds, workspace },
      continueClaude: chooseClaude,
    }),
    checkpoints: createCheckpointActions({
      ...{ sessions, earlierTexts, rewinds },
      readTitles: async () =>
        new Map((await kept.list()).map(({ sessionId, summary }) => [sessionId, summary])),
      showPanel: () => showPanel(sessions),
    }),
    review: reviews.review,
    reviewActions: reviews.actions,
    keepUndo: reviews.keepUndo,
    proposals: proposing.actions,
    comments: comments.actions,
    mcp,
    attach: async (surface, wanted) => {
      await sessions.attach(surface, wanted);
    },
    currentSession: () => sessions.current()?.host.sessionId ?? null,
    currentHost: () => sessions.current()?.host,
    readPermissionLog: async (sessionId) =>
      toPermissionLogText(sessions.findTitle(sessionId), await readPermissionLog(transcripts, sessionId)),
    close: async () => {
      await sessions.close();
      await reviews.review.flush();
      await comments.flush();
      await news.flush();
      await swept;
      await temporaryFiles.close();
    },
  };
}

/** undefined: what the settings files say. Where a folder is not trusted, everything is asked. */
function chooseMode(isTrusted: boolean, settings: Settings): PermissionMode | undefined {
  if (!isTrusted) return 'default';
  return settings.isPermissionModeSet ? settings.permissionMode : undefined;
}

/** Where a session stands that has no folder to work in. */
async function makeEmptyFolder(storageRoot: string): Promise<string> {
  const folder = join(storageRoot, 'empty');
  await mkdir(folder, { recursive: true });
  return folder;
}

function refreshOnChange(refresh: () => void): Disposable {
  return Disposable.from(
    vscodeWorkspace.onDidGrantWorkspaceTrust(refresh),
    vscodeWorkspace.onDidChangeWorkspaceFolders(refresh),
  );
}

/** Milliseconds until a session of another process is looked at again. */
const LOOK_MS = 1000;

function waitToLook(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, LOOK_MS);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
