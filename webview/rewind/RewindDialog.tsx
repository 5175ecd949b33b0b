/** Taking steps back: what, and with which consequences for which files. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CaptureLimits } from '../captures/Captures.tsx';
import { Button } from '../controls/Button.tsx';
import { RadioGroup } from '../controls/RadioGroup.tsx';
import { getThread, MAIN_THREAD, type PanelModel } from '../state/panelModel.ts';
import { useModel, usePanel } from '../view/context.ts';
import { RewindPreview } from './RewindPreview.tsx';
import { runRewind, type Scope } from './runRewind.ts';
import { usePreview } from './usePreview.ts';
import './rewind.css';

const CHOICES = [
  { value: 'both', label: 'Code and conversation' },
  { value: 'code', label: 'Code only' },
  { value: 'conversation', label: 'Conversation only' },
] as const;

export function RewindDialog(): VNode | null {
  const asked = useModel((model) => model.rewindAsked);
  const target = useModel((model) => findTarget(model, asked?.userMessageId ?? null));
  const [closed, setClosed] = useState(0);
  if (asked === null || target === null || asked.count <= closed) return null;
  return <Dialog key={asked.count} userMessageId={target} onClose={() => setClosed(asked.count)} />;
}

/** The named user message, or the last one. */
function findTarget(model: PanelModel, userMessageId: string | null): string | null {
  if (userMessageId !== null) return userMessageId;
  const last = getThread(model, MAIN_THREAD).items.findLast(
    (item) => item.kind === 'user' && item.uuid !== null,
  );
  return last?.kind === 'user' ? last.uuid : null;
}

interface DialogProps {
  readonly userMessageId: string;
  readonly onClose: () => void;
}

function Dialog({ userMessageId, onClose }: DialogProps): VNode {
  const panel = usePanel();
  const element = useRef<HTMLDialogElement>(null);
  const preview = usePreview(userMessageId);
  const [scope, setScope] = useState<Scope>('both');
  const [overwritten, setOverwritten] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  const takesCode = scope !== 'conversation';
  const isPointless =
    scope === 'code' &&
    preview.kind === 'known' &&
    !hasChanges(preview.files.length, overwritten.length, preview.restorable);
  const rewind = async (): Promise<void> => {
    setBusy(true);
    const files = preview.kind === 'known' ? preview.files : [];
    const outcome = await runRewind(panel, { userMessageId, scope, files, overwritten });
    setBusy(false);
    if (outcome === null) element.current?.close();
    else setProblem(outcome);
  };
  return (
    <dialog ref={element} class="rewind-dialog" aria-labelledby="rewind-title" onClose={onClose}>
      <h2 id="rewind-title">Rewind</h2>
      <p class="dialog-lead">Go back to before this message:</p>
      <TargetText userMessageId={userMessageId} />
      <RadioGroup
        label="What to take back"
        value={scope}
        choices={CHOICES}
        onChange={(value) => setScope(CHOICES.find((choice) => choice.value === value)?.value ?? 'both')}
      />
      {takesCode ? (
        <>
          <RewindPreview preview={preview} overwritten={overwritten} onOverwrite={setOverwritten} />
          <CaptureLimits />
        </>
      ) : (
        <p class="dialog-note">Files stay as they are.</p>
      )}
      {problem !== '' && (
        <p class="dialog-problem" role="alert">
          {problem}
        </p>
      )}
      <div class="dialog-buttons">
        <Button
          kind="primary"
          disabled={isBusy || isPointless || preview.kind === 'waiting'}
          onClick={() => void rewind()}
        >
          Rewind
        </Button>
        <Button onClick={() => element.current?.close()}>Cancel</Button>
      </div>
    </dialog>
  );
}

function hasChanges(files: number, overwritten: number, restorable: number): boolean {
  return files > 0 && (restorable > 0 || overwritten > 0);
}

function TargetText({ userMessageId }: { readonly userMessageId: string }): VNode | null {
  const text = useModel((model) => {
    const item = getThread(model, MAIN_THREAD).items.find(
      (other) => other.kind === 'user' && other.uuid === userMessageId,
    );
    return item?.kind === 'user'
      ? item.blocks.map((block) => (block.type === 'text' ? block.text : '')).join(' ')
      : '';
  });
  return text.trim() === '' ? null : <blockquote class="rewind-target">{text.trim()}</blockquote>;
}
