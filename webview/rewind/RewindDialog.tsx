/** Taking steps back: what, and with which consequences for which files. */

import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CaptureLimits } from '../captures/Captures.tsx';
import { Button } from '../controls/Button.tsx';
import { RadioGroup } from '../controls/RadioGroup.tsx';
import { t } from '../l10n/texts.ts';
import { useModel, usePanel } from '../view/context.ts';
import { RewindPreview, type RewindPreviewProps } from './RewindPreview.tsx';
import { type RewindSubject, toRequest, toSubject } from './rewindTarget.ts';
import { runRewind, type Scope } from './runRewind.ts';
import { usePreview } from './usePreview.ts';
import './rewind.css';

const listChoices = () =>
  [
    { value: 'both', label: t('Code and conversation') },
    { value: 'code', label: t('Code only') },
    { value: 'conversation', label: t('Conversation only') },
  ] as const;

export function RewindDialog(): VNode | null {
  const asked = useModel((model) => model.rewindAsked);
  const [closed, setClosed] = useState(0);
  // What it is about stays so while it is open.
  const subject = useMemo(() => (asked === null ? null : toSubject(asked)), [asked]);
  if (asked === null || subject === null || asked.count <= closed) return null;
  return <Dialog key={asked.count} subject={subject} onClose={() => setClosed(asked.count)} />;
}

interface DialogProps {
  readonly subject: RewindSubject;
  readonly onClose: () => void;
}

function Dialog({ subject, onClose }: DialogProps): VNode {
  const panel = usePanel();
  const element = useRef<HTMLDialogElement>(null);
  const preview = usePreview(subject);
  const { userMessageId, text } = subject;
  const [scope, setScope] = useState<Scope>(userMessageId === null ? 'code' : 'both');
  const [taken, setTaken] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  const isPointless = scope === 'code' && preview.kind === 'known' && preview.restorable + taken.length === 0;
  const rewind = async (): Promise<void> => {
    setBusy(true);
    const hasFiles = preview.kind === 'known' && preview.files.length > 0;
    const outcome = await runRewind(panel, { subject, scope, hasFiles, taken });
    setBusy(false);
    if (outcome === null) element.current?.close();
    else setProblem(outcome);
  };
  return (
    <dialog ref={element} class="rewind-dialog" aria-labelledby="rewind-title" onClose={onClose}>
      <h2 id="rewind-title">{t('Rewind')}</h2>
      {userMessageId === null ? (
        <blockquote class="rewind-target">{text}</blockquote>
      ) : (
        <>
          <p class="dialog-lead">{t('Go back to before this message:')}</p>
          {text !== '' && <blockquote class="rewind-target">{text}</blockquote>}
          <RadioGroup
            label={t('What to take back')}
            value={scope}
            choices={listChoices()}
            onChange={(value) =>
              setScope(listChoices().find((choice) => choice.value === value)?.value ?? 'both')
            }
          />
        </>
      )}
      {scope === 'conversation' ? (
        <p class="dialog-note">{t('Files stay as they are.')}</p>
      ) : (
        <Code subject={subject} preview={preview} taken={taken} onTake={setTaken} onProblem={setProblem} />
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
          {t('Rewind')}
        </Button>
        <Button onClick={() => element.current?.close()}>{t('Cancel')}</Button>
      </div>
    </dialog>
  );
}

interface CodeProps extends Pick<RewindPreviewProps, 'preview' | 'taken' | 'onTake'> {
  readonly subject: RewindSubject;
  readonly onProblem: (problem: string) => void;
}

/** What would become of the files, what can be looked at, and what can't be reached. */
function Code({ subject, preview, taken, onTake, onProblem }: CodeProps): VNode {
  const { peer } = usePanel();
  const show = (): void => {
    peer
      .request('belay/rewind_show', { targets: subject.targets.map(toRequest) })
      .catch(() => onProblem(t('The changes could not be shown.')));
  };
  const merge = (path: string): void => {
    const [target = {}] = subject.targets.filter(({ paths }) => paths?.includes(path) ?? true);
    peer.request('belay/merge_open', { target: toRequest(target), path }).then(
      (answer) => onProblem(answer.problem ?? ''),
      () => onProblem(t('The merge could not be opened.')),
    );
  };
  return (
    <>
      <RewindPreview preview={preview} taken={taken} onTake={onTake} onMerge={merge} onShow={show} />
      <CaptureLimits />
    </>
  );
}
