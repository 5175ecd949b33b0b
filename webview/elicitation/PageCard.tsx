/** A page that an MCP server wants the person to open. Nothing is opened before they say so, and they see where it leads. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ElicitationAnswer } from '../../src/protocol/mcp.ts';
import { Button } from '../controls/Button.tsx';
import { ExactText } from '../permission/ExactText.tsx';
import { showHidden } from '../permission/hiddenCharacters.ts';
import { RequestFrame } from '../permission/RequestFrame.tsx';
import { useArmed } from '../permission/useArmed.ts';
import { useReturnFocus } from '../permission/useReturnFocus.ts';
import type { ElicitationCardProps } from './ElicitationCard.tsx';

export function PageCard({ request: { request, answer }, waiting }: ElicitationCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const { isArmed, check } = useArmed(frame);
  const returnFocus = useReturnFocus(frame);
  const [showsAll, setShowsAll] = useState(false);
  const { url = '' } = request;
  const page = URL.canParse(url) ? new URL(url) : null;
  const give = (result: ElicitationAnswer): void => {
    returnFocus();
    answer(result);
  };
  const open = (): void => {
    if (page !== null && check()) give({ action: 'accept' });
  };
  return (
    <RequestFrame
      icon="server"
      title={`The MCP server “${request.mcp_server_name}” asks you to open a page`}
      label="Request of an MCP server"
      waiting={waiting}
      frameRef={frame}
      onConfirm={open}
    >
      <p class="elicitation-message">{showHidden(request.message)}</p>
      <p class="elicitation-host">
        It leads to <strong>{showHidden(page?.host ?? url)}</strong>
      </p>
      <ExactText text={url} showsAll={showsAll} onShowAll={() => setShowsAll(true)} />
      {listWarnings(page).map((warning) => (
        <p class="request-warning" key={warning}>
          {warning}
        </p>
      ))}
      <div class="request-answer">
        <div class="request-buttons">
          <Button kind="primary" disabled={!isArmed} onClick={open}>
            Open page
          </Button>
          <Button onClick={() => give({ action: 'decline' })}>Decline</Button>
          <Button onClick={() => give({ action: 'cancel' })}>Cancel</Button>
        </div>
      </div>
    </RequestFrame>
  );
}

function listWarnings(page: URL | null): readonly string[] {
  if (page === null) return ['This is no address that can be opened.'];
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(page.hostname);
  return [
    ...(page.protocol === 'http:' && !isHere ? ['The connection to it is not encrypted.'] : []),
    ...(page.hostname.includes('xn--') ? ['Its name has letters that can look like others.'] : []),
    ...(page.username === '' ? [] : ['Part of the address before the @ only looks like a host.']),
  ];
}
