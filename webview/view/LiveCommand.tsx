/** What a command that a person has typed puts out, for as long as it runs. Then its whole output stands below the message. */

import type { VNode } from 'preact';
import { toTypedCallId } from '../../src/protocol/typedCommand.ts';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { t } from '../l10n/texts.ts';
import { TerminalOutput } from '../terminal/TerminalOutput.tsx';
import { useModel } from './context.ts';

export function LiveCommand({ uuid }: { readonly uuid: string }): VNode | null {
  const run = useModel(({ tools }) => tools.get(toTypedCallId(uuid)));
  const isIdle = useModel(({ activity }) => activity === 'idle');
  if (run === undefined || run.result !== null || isIdle) return null;
  return (
    <div class="live-command" role="group" aria-label={t('Output so far')} aria-busy="true">
      <p class="live-command-state">
        <ProgressRing label={t('The command runs')} /> {t('Running')}
      </p>
      {run.output !== '' && <TerminalOutput output={run.output} isRunning={true} showsAll={false} />}
    </div>
  );
}
