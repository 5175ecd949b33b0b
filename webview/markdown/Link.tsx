/**
 * Links and the places of remote images. Neither has an `href` or a `src`: nothing loads or navigates by itself, a click
 * asks the host, which judges the address again and shows where it really leads.
 */
import type { ComponentChildren, VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import { usePanel } from '../view/context.ts';
import { useOpenLink } from '../view/opening.ts';
import { useFolders } from '../view/useFolders.ts';
import { toLinkTarget, toLinkTitle, toShownHost } from './links.ts';

export interface LinkProps {
  readonly href: string;
  /** What the children say, as plain text. */
  readonly text: string;
  readonly children: ComponentChildren;
}

export function Link({ href, text, children }: LinkProps): VNode {
  const folders = useFolders();
  const open = useOpenLink();
  const target = toLinkTarget(href, folders);
  if (target === null) return <>{children}</>;
  const host = toShownHost(target, text);
  return (
    <Opener className="link" title={toLinkTitle(target)} onOpen={() => open(target)}>
      {children}
      {host !== null && <span class="link-host"> ({host})</span>}
    </Opener>
  );
}

export function RemoteImage({ href, alt }: { readonly href: string; readonly alt: string }): VNode {
  const { announce } = usePanel();
  const open = useOpenLink();
  const target = toLinkTarget(href, []);
  const label = alt === '' ? 'image' : alt;
  if (target?.kind !== 'external') {
    return (
      <span class="remote-image">
        <Icon name="file-media" /> {label}
      </span>
    );
  }
  const follow = (): void => {
    announce('Opening the image outside of the panel.');
    open(target);
  };
  return (
    <Opener className="remote-image" title={`Not loaded. ${toLinkTitle(target)}`} onOpen={follow}>
      <Icon name="file-media" /> {label} <span class="remote-image-host">{new URL(target.href).host}</span>
    </Opener>
  );
}

interface OpenerProps {
  readonly className: string;
  readonly title: string;
  readonly onOpen: () => void;
  readonly children: ComponentChildren;
}

/** A link without an address. Not an `a`: its text must wrap like text, and the page around us follows every `a`. */
function Opener({ className, title, onOpen, children }: OpenerProps): VNode {
  return (
    <span
      role="link"
      tabIndex={0}
      class={className}
      title={title}
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onOpen();
      }}
    >
      {children}
    </span>
  );
}
