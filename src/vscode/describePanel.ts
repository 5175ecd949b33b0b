/** Everything a panel shows besides the conversation, put together from where it is known. */
import type { PanelState, SessionPhase } from '../protocol/panel.ts';
import type { ReviewComments } from './comments/reviewComments.ts';
import type { WatchedContext } from './context/editorContext.ts';
import type { Proposals } from './proposals/proposals.ts';
import type { Providers } from './providers.ts';
import type { Review } from './review/review.ts';
import type { SessionHost } from './sessionHost.ts';
import type { Settings } from './settings.ts';
import type { EditorWorkspace } from './workspacePort.ts';

export interface DescribeDeps {
  readonly providers: Pick<Providers, 'kind' | 'label' | 'modelList'>;
  readonly workspace: Pick<EditorWorkspace, 'cwd' | 'roots' | 'hasFolder' | 'problem'>;
  readonly proposals: Pick<Proposals, 'describe'>;
  readonly settings: Pick<Settings, 'permissionMode'>;
  readonly review: Pick<Review, 'waiting' | 'parts'>;
  readonly comments: Pick<ReviewComments, 'countUnsent'>;
  readonly context: Pick<WatchedContext, 'current'>;
  /** Of the sessions of this window, by id. */
  readonly phases: Readonly<Record<string, SessionPhase>>;
  /** CSS custom properties. */
  readonly tokenColors: Readonly<Record<string, string>>;
}

export function describePanel(host: SessionHost, deps: DescribeDeps): PanelState {
  const { providers, workspace, proposals, settings, review, comments, context, phases, tokenColors } = deps;
  const { state, sessionId } = host;
  return {
    session_id: sessionId,
    title: state.title,
    provider: providers.kind,
    provider_label: providers.label,
    model: state.model,
    models: [...providers.modelList()],
    permission_mode: state.permissionMode,
    bypass_allowed: settings.permissionMode === 'bypassPermissions',
    cwd: workspace.hasFolder ? workspace.cwd : null,
    folders: workspace.hasFolder ? [...workspace.roots] : [],
    workspace_problem: workspace.problem,
    can_redo: host.canRedo,
    elsewhere: host.isWatched,
    session_phases: { ...phases },
    review: countReview(review),
    unsent_comments: comments.countUnsent(),
    proposals: proposals.describe(host),
    ...(context.current === undefined ? {} : { editor_context: context.current }),
    token_colors: { ...tokenColors },
  };
}

/** A file that is answered as a whole counts as one change. */
function countReview(review: DescribeDeps['review']): PanelState['review'] {
  const files = review.waiting();
  const changes = files.reduce((sum, { path }) => sum + Math.max(1, review.parts(path).length), 0);
  return { files: files.length, changes };
}
