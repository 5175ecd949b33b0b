/** The whole panel. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CaptureLine } from '../captures/Captures.tsx';
import { Composer } from '../composer/Composer.tsx';
import { Icon } from '../controls/Icon.tsx';
import { PendingSettings } from '../permission/PendingSettings.tsx';
import { PermissionDock } from '../permission/PermissionDock.tsx';
import { ReviewBar } from '../review/ReviewBar.tsx';
import { RewindDialog } from '../rewind/RewindDialog.tsx';
import { Elsewhere } from '../sessions/Elsewhere.tsx';
import { Sessions } from '../sessions/Sessions.tsx';
import { FirstStart } from '../start/FirstStart.tsx';
import { Tasks } from '../tasks/Tasks.tsx';
import { PinnedTodos } from '../todos/PinnedTodos.tsx';
import { useModel, useSource } from './context.ts';
import { Header } from './Header.tsx';
import type { StartCount } from './startCount.ts';
import { Transcript } from './Transcript.tsx';
import { useTokenColors } from './useTokenColors.ts';

export function App({ starts }: { readonly starts: StartCount }): VNode | null {
  const isConnected = useModel((model) => model.host !== null);
  const provider = useModel((model) => model.host?.provider ?? null);
  const sessionId = useModel((model) => model.host?.session_id ?? '');
  const start = useSource(starts, (count) => count);
  const [isListOpen, setListOpen] = useState(false);
  useTokenColors();
  // Whatever is shown now was asked for: the list has done its work.
  useEffect(() => setListOpen(false), [start]);
  if (!isConnected) return null;
  return (
    <div class="panel">
      <Header isListOpen={isListOpen} onToggleList={() => setListOpen(!isListOpen)} />
      {isListOpen && <Sessions onClose={() => setListOpen(false)} />}
      {!isListOpen && provider === null && <FirstStart />}
      {!isListOpen && provider !== null && <Conversation key={sessionId} start={start} />}
      <RewindDialog />
    </div>
  );
}

/** Only the transcript starts over with each filling: who is writing goes on writing. */
function Conversation({ start }: { readonly start: number }): VNode {
  const isElsewhere = useModel((model) => model.host?.elsewhere === true);
  return (
    <>
      <Transcript key={start} />
      <div class="dock">
        <WorkspaceProblem />
        <CaptureLine />
        <ReviewBar />
        <Tasks />
        <PendingSettings />
        <PermissionDock />
        <PinnedTodos />
        {isElsewhere ? <Elsewhere /> : <Composer />}
      </div>
    </>
  );
}

function WorkspaceProblem(): VNode | null {
  const problem = useModel(({ host }) => {
    if (host === null) return null;
    return (
      host.workspace_problem ??
      (host.cwd === null ? 'No folder is open. Open one so that Belay has something to work on.' : null)
    );
  });
  if (problem === null) return null;
  return (
    <p class="workspace-problem" role="status">
      <Icon name="info" /> {problem}
    </p>
  );
}
