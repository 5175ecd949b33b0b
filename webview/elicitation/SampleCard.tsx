/** What an MCP server wants the model to answer, at the cost of the session: all of it as it would be asked. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import { ImageView } from '../blocks/ImageView.tsx';
import { Button } from '../controls/Button.tsx';
import { ExactText } from '../permission/ExactText.tsx';
import { showHidden } from '../permission/hiddenCharacters.ts';
import type { SampleRequest } from '../permission/permissionRequests.ts';
import { RequestFrame } from '../permission/RequestFrame.tsx';
import { useArmed } from '../permission/useArmed.ts';
import { useReturnFocus } from '../permission/useReturnFocus.ts';
import './elicitation.css';

export interface SampleCardProps {
  readonly request: SampleRequest;
  /** How many requests wait in all, this one included. */
  readonly waiting: number;
}

export function SampleCard({ request: question, waiting }: SampleCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const { isArmed, check } = useArmed(frame);
  const returnFocus = useReturnFocus(frame);
  const { request, answer } = question;
  const give = (action: 'accept' | 'decline'): void => {
    returnFocus();
    answer({ action });
  };
  const agree = (): void => {
    if (check()) give('accept');
  };
  return (
    <RequestFrame
      icon="server"
      title={`The MCP server “${request.mcp_server_name}” wants to ask the model`}
      label="Request of an MCP server"
      waiting={waiting}
      frameRef={frame}
      onConfirm={agree}
    >
      <div class="sample-parts">
        {request.system_prompt !== undefined && (
          <SampleText label="Instructions" text={request.system_prompt} />
        )}
        {request.messages.map(({ role, content }, place) => (
          <SampleMessage
            key={place}
            label={role === 'user' ? 'Question' : 'Answer so far'}
            content={content}
          />
        ))}
      </div>
      <div class="request-answer">
        <p class="request-reason">{describeCost(request)}</p>
        <div class="request-buttons">
          <Button kind="primary" disabled={!isArmed} onClick={agree}>
            Ask the model
          </Button>
          <Button onClick={() => give('decline')}>Decline</Button>
        </div>
      </div>
    </RequestFrame>
  );
}

function describeCost({
  model,
  max_tokens: limit,
  model_hints: hints = [],
}: SampleRequest['request']): string {
  const wish = hints.length === 0 ? '' : ` The server would like ${showHidden(hints.join(', '))}.`;
  return `${model} answers, in at most ${limit.toLocaleString('en-US')} tokens, at the cost of this session. The answer goes to the server.${wish}`;
}

interface MessageProps {
  readonly label: string;
  readonly content: readonly ContentBlock[];
}

function SampleMessage({ label, content }: MessageProps): VNode {
  return (
    <>
      {content.map((block, place) =>
        block.type === 'image' ? (
          <ImageView key={place} block={block} />
        ) : (
          <SampleText
            key={place}
            label={label}
            text={block.type === 'text' ? block.text : JSON.stringify(block)}
          />
        ),
      )}
    </>
  );
}

function SampleText({ label, text }: { readonly label: string; readonly text: string }): VNode {
  const [showsAll, setShowsAll] = useState(false);
  return (
    <section class="sample-part" aria-label={label}>
      <p class="sample-label">{label}</p>
      <ExactText text={text} showsAll={showsAll} onShowAll={() => setShowsAll(true)} />
    </section>
  );
}
