/** What every request of an MCP server has in common: who asks, its words as they are, and the answers. */
import type { ComponentChildren, RefObject, VNode } from 'preact';
import type { ElicitationAnswer } from '../../src/protocol/mcp.ts';
import { Button } from '../controls/Button.tsx';
import { showHidden } from '../permission/hiddenCharacters.ts';
import { RequestFrame } from '../permission/RequestFrame.tsx';
import { useArmed } from '../permission/useArmed.ts';
import { useReturnFocus } from '../permission/useReturnFocus.ts';
import type { ElicitationCardProps } from './ElicitationCard.tsx';

export interface ElicitationFrameProps extends ElicitationCardProps {
  readonly frameRef: RefObject<HTMLElement | null>;
  /** Behind the name of the server. */
  readonly asks: string;
  /** What is on the button that agrees. */
  readonly yes: string;
  /** What agreeing means; null: not as it stands. */
  readonly onYes: () => ElicitationAnswer | null;
  /** Above the buttons. */
  readonly note?: string;
  /** `agree` does what the button does. */
  readonly children: (agree: () => void) => ComponentChildren;
}

export function ElicitationFrame(props: ElicitationFrameProps): VNode {
  const { request: question, waiting, frameRef, asks, yes, onYes, note, children } = props;
  const { request, answer } = question;
  const { isArmed, check } = useArmed(frameRef);
  const returnFocus = useReturnFocus(frameRef);
  const give = (result: ElicitationAnswer): void => {
    returnFocus();
    answer(result);
  };
  const agree = (): void => {
    const result = onYes();
    if (result !== null && check()) give(result);
  };
  return (
    <RequestFrame
      icon="server"
      title={`The MCP server “${request.mcp_server_name}” ${asks}`}
      label="Request of an MCP server"
      waiting={waiting}
      frameRef={frameRef}
      onConfirm={agree}
    >
      <p class="elicitation-message">{showHidden(request.message)}</p>
      {children(agree)}
      <div class="request-answer">
        {note !== undefined && <p class="request-reason">{note}</p>}
        <div class="request-buttons">
          <Button kind="primary" disabled={!isArmed} onClick={agree}>
            {yes}
          </Button>
          <Button onClick={() => give({ action: 'decline' })}>Decline</Button>
          <Button onClick={() => give({ action: 'cancel' })}>Cancel</Button>
        </div>
      </div>
    </RequestFrame>
  );
}
