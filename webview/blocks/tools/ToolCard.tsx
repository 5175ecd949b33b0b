/** A tool call: what it does, how it goes, and on request everything it was given and gave back. */
import type { VNode } from 'preact';
import type { ToolUseBlock } from '../../../src/protocol/blocks.ts';
import { Icon } from '../../controls/Icon.tsx';
import { EMPTY_TOOL_RUN, type ReplyBlock, type ToolRun } from '../../state/panelModel.ts';
import { useModel, usePanel, useSource } from '../../view/context.ts';
import { memo } from '../../view/memo.ts';
import { useOpened } from '../../view/useOpened.ts';
import { toResultText } from './resultText.ts';
import { ToolFiles } from './ToolFiles.tsx';
import { ToolProblems } from './ToolProblems.tsx';
import type { ToolCall, ToolStatus, ToolView } from './toolView.ts';
import { getToolView } from './toolViews.ts';
import './toolCard.css';

export interface ToolCardProps {
  readonly block: ToolUseBlock;
  /** The block with its state. While the input is being written it grows in place, so only this tells that it changed. */
  readonly content: ReplyBlock;
}

export const ToolCard = memo(function ToolCard({ block, content }: ToolCardProps): VNode {
  const { isOpen, partialInput } = content;
  const { permissions } = usePanel();
  const run = useModel((model) => model.tools.get(block.id) ?? EMPTY_TOOL_RUN);
  const isTurnRunning = useModel((model) => model.activity !== 'idle');
  const isAsked = useSource(permissions, (all) =>
    all.some(({ kind, request }) => kind === 'permission' && request.tool_use_id === block.id),
  );
  const status = toStatus({ isWriting: isOpen, isAsked, isTurnRunning, run });
  const call: ToolCall = {
    id: block.id,
    name: block.name,
    input: isOpen ? partialInput : block.input,
    status,
    run,
  };
  const view = getToolView(block.name);
  const isBusy = status === 'writing' || status === 'running' || status === 'waiting';
  return (
    <div
      class={`tool is-${status}${view.isFramed ? ' is-framed' : ''}`}
      role="group"
      aria-label={`Tool: ${block.name}`}
      aria-busy={isBusy}
    >
      <Card call={call} view={view} />
    </div>
  );
});

interface StatusFacts {
  readonly isWriting: boolean;
  readonly isAsked: boolean;
  readonly isTurnRunning: boolean;
  readonly run: ToolRun;
}

function toStatus({ isWriting, isAsked, isTurnRunning, run }: StatusFacts): ToolStatus {
  if (run.denial !== null) return 'denied';
  if (run.result !== null) return run.result.is_error === true ? 'failed' : 'done';
  if (isAsked) return 'waiting';
  if (!isTurnRunning) return 'stopped';
  return isWriting ? 'writing' : 'running';
}

function Card({ call, view }: { readonly call: ToolCall; readonly view: ToolView }): VNode {
  const hasBody =
    view.Body !== undefined && (view.hasBody(call) || call.status === 'denied' || call.status === 'failed');
  // While it waits, the card above the composer shows what it would do.
  const [isOpened, toggle] = useOpened(call.id, call.status !== 'waiting' && view.isOpenByDefault(call));
  const isOpen = hasBody && isOpened;
  const { Body, Summary } = view;
  return (
    <>
      <button
        type="button"
        class="tool-head"
        aria-expanded={hasBody ? isOpen : undefined}
        disabled={!hasBody}
        onClick={toggle}
      >
        <StatusIcon status={call.status} icon={view.icon} />
        <Title call={call} view={view} />
        {Summary !== undefined && <Summary call={call} />}
        <Elapsed call={call} />
        {hasBody && <Icon name={isOpen ? 'chevron-up' : 'chevron-down'} />}
      </button>
      {isOpen && Body !== undefined && (
        <div class="tool-body">
          <Problem call={call} />
          <Body call={call} />
          <ToolFiles call={call} />
        </div>
      )}
      <ToolProblems call={call} />
    </>
  );
}

function Title({ call, view }: { readonly call: ToolCall; readonly view: ToolView }): VNode {
  const { verb, subject, isCode = false } = view.title(call);
  return (
    <span class="tool-title" title={`${verb} ${subject}`}>
      <span class="tool-verb">{verb}</span>{' '}
      <span class={isCode ? 'tool-subject is-code' : 'tool-subject'}>{subject}</span>
    </span>
  );
}

const STATUS_WORDS: Record<ToolStatus, string> = {
  writing: 'Preparing',
  waiting: 'Waiting for you',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  denied: 'Not allowed',
  stopped: 'Stopped',
};

function StatusIcon({ status, icon }: { readonly status: ToolStatus; readonly icon: string }): VNode {
  const isBusy = status === 'writing' || status === 'running';
  const name = isBusy
    ? 'loading'
    : (
        {
          failed: 'error',
          denied: 'circle-slash',
          waiting: 'shield',
          stopped: 'debug-stop',
          done: icon,
        } as const
      )[status];
  return (
    <span class="tool-status" title={STATUS_WORDS[status]}>
      <Icon name={name} spin={isBusy} />
      <span class="for-screen-reader">{STATUS_WORDS[status]}: </span>
    </span>
  );
}

/** Only once it is worth knowing. */
function Elapsed({ call }: { readonly call: ToolCall }): VNode | null {
  const seconds = call.run.elapsedSeconds;
  if (seconds === null || seconds < 2) return null;
  return (
    <span class="tool-elapsed">
      {seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min`}
    </span>
  );
}

function Problem({ call }: { readonly call: ToolCall }): VNode | null {
  if (call.status === 'denied') return <p class="tool-problem">{call.run.denial}</p>;
  if (call.status === 'failed' && call.name !== 'Bash')
    return <p class="tool-problem">{toResultText(call.run.result).slice(0, 4_000)}</p>;
  return null;
}
