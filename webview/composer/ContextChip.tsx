/** The file that is open in the editor, with what is selected in it: told with the message, unless it is switched off. */

import type { VNode } from 'preact';
import type { EditorContext } from '../../src/protocol/editorContext.ts';
import { toBaseName, toShownPath } from '../blocks/tools/shownPath.ts';
import { Icon } from '../controls/Icon.tsx';
import { t } from '../l10n/texts.ts';
import { useModel, usePanel, useSource } from '../view/context.ts';
import { useOpenFile } from '../view/opening.ts';
import { useFolders } from '../view/useFolders.ts';
import './contextChip.css';

export function ContextChip(): VNode | null {
  const { memory } = usePanel();
  const context = useModel((model) => model.host?.editor_context);
  const isOff = useSource(memory, (view) => view.hides_context ?? false);
  const folders = useFolders();
  if (context === undefined) return null;
  const place = toPlace(context, folders);
  return (
    <button
      type="button"
      class={`context-chip${isOff ? ' is-off' : ''}`}
      aria-pressed={!isOff}
      aria-label={t('Tell what is open: {0}', place)}
      title={describeChip(context, isOff, place)}
      onClick={() => memory.change({ hides_context: !isOff })}
    >
      <Icon name={isOff ? 'eye-closed' : 'eye'} />
      <span class="context-place">{toName(context)}</span>
    </button>
  );
}

function describeChip({ lines }: EditorContext, isOff: boolean, place: string): string {
  if (lines === undefined) {
    return isOff
      ? t('The name of the open file is not told to Belay: {0}', place)
      : t('The name of the open file is told to Belay with your message: {0}', place);
  }
  return isOff
    ? t('The selection is not told to Belay: {0}', place)
    : t('The selection is told to Belay with your message: {0}', place);
}

/** What was told with a message. */
export function ToldContext({ context }: { readonly context: EditorContext }): VNode {
  const openFile = useOpenFile();
  const place = toPlace(context, useFolders());
  const open = (): void => {
    openFile(context.path, context.lines === undefined ? {} : { line: context.lines.from });
  };
  return (
    <button type="button" class="context-chip is-told" title={t('Open {0}', place)} onClick={open}>
      <Icon name="file" />
      <span class="context-place">{toName(context)}</span>
    </button>
  );
}

/** The name alone: the whole path is in the tooltip, and told to a screen reader. */
function toName({ path, lines }: EditorContext): string {
  return toBaseName(path) + toRange(lines);
}

function toPlace({ path, lines }: EditorContext, folders: readonly string[]): string {
  return toShownPath(path, folders) + toRange(lines);
}

function toRange(lines: EditorContext['lines']): string {
  if (lines === undefined) return '';
  return lines.to > lines.from ? `:${lines.from}–${lines.to}` : `:${lines.from}`;
}
