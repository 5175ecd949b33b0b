/** Which model, and what it may do without asking. */

import type { VNode } from 'preact';
import type { PermissionMode } from '../../src/protocol/permissions.ts';
import { Picker, type PickerOption } from '../controls/Picker.tsx';
import { t } from '../l10n/texts.ts';
import { useModel, usePanel } from '../view/context.ts';

type ModeOption = PickerOption & { readonly value: PermissionMode };

const listModes = (): readonly ModeOption[] => [
  {
    value: 'default',
    label: t('Ask before edits'),
    icon: 'shield',
    description: t('Asks before every edit and every new command.'),
  },
  {
    value: 'acceptEdits',
    label: t('Accept edits'),
    icon: 'edit',
    description: t('Edits files here without asking; asks before commands.'),
  },
  {
    value: 'plan',
    label: t('Plan'),
    icon: 'checklist',
    description: t('Reads and plans only. Nothing is changed.'),
  },
];
const toBypass = (): ModeOption => ({
  value: 'bypassPermissions',
  label: t('Bypass permissions'),
  icon: 'warning',
  description: t('Never asks. Only for a machine you can throw away.'),
  isRisky: true,
});
const toNeverAsk = (): ModeOption => ({
  value: 'dontAsk',
  label: t("Don't ask"),
  icon: 'circle-slash',
  description: t('Refuses whatever is not allowed already.'),
});

export function ModePicker(): VNode {
  const { peer, announce } = usePanel();
  const mode = useModel((model) => model.host?.permission_mode ?? 'default');
  const isBypassAllowed = useModel((model) => model.host?.bypass_allowed ?? false);
  const options = [
    ...listModes(),
    ...(mode === 'dontAsk' ? [toNeverAsk()] : []),
    ...(isBypassAllowed || mode === 'bypassPermissions' ? [toBypass()] : []),
  ];
  const choose = (value: string): void => {
    const option = options.find((candidate) => candidate.value === value);
    if (option === undefined) return;
    peer
      .request('set_permission_mode', { mode: option.value })
      .catch(() => announce(t('The mode could not be changed.')));
  };
  return (
    <Picker
      className="mode-picker"
      label={t('Permission mode')}
      value={mode}
      options={options}
      onChoose={choose}
    />
  );
}

export function ModelPicker(): VNode | null {
  const { peer, announce } = usePanel();
  const model = useModel(({ host }) => host?.model ?? '');
  const models = useModel(({ host }) => host?.models ?? NO_MODELS);
  const listed = models.map(
    ({ value, displayName, description }): PickerOption => ({
      value,
      label: displayName,
      ...(description === '' ? {} : { description }),
    }),
  );
  const options =
    listed.some(({ value }) => value === model) || model === ''
      ? listed
      : [{ value: model, label: model }, ...listed];
  if (options.length === 0) return null;
  const choose = (value: string): void => {
    peer.request('set_model', { model: value }).catch(() => announce(t('The model could not be changed.')));
  };
  return (
    <Picker className="model-picker" label={t('Model')} value={model} options={options} onChoose={choose} />
  );
}

const NO_MODELS: readonly {
  readonly value: string;
  readonly displayName: string;
  readonly description: string;
}[] = [];
