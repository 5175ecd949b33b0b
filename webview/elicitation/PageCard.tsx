/** A page that an MCP server wants the person to open. Nothing is opened before they say so, and they see where it leads. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ExactText } from '../permission/ExactText.tsx';
import { showHidden } from '../permission/hiddenCharacters.ts';
import type { ElicitationCardProps } from './ElicitationCard.tsx';
import { ElicitationFrame } from './ElicitationFrame.tsx';

export function PageCard({ request: question, waiting }: ElicitationCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const [showsAll, setShowsAll] = useState(false);
  const { url = '' } = question.request;
  const page = URL.canParse(url) ? new URL(url) : null;
  return (
    <ElicitationFrame
      request={question}
      waiting={waiting}
      frameRef={frame}
      asks="asks you to open a page"
      yes="Open page"
      onYes={() => (page === null ? null : { action: 'accept' })}
    >
      {() => (
        <>
          <p class="elicitation-host">
            It leads to <strong>{showHidden(page?.host ?? url)}</strong>
          </p>
          <ExactText text={url} showsAll={showsAll} onShowAll={() => setShowsAll(true)} />
          {listWarnings(page).map((warning) => (
            <p class="request-warning" key={warning}>
              {warning}
            </p>
          ))}
        </>
      )}
    </ElicitationFrame>
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
