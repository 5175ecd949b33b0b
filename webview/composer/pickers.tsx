/** Which model, and what it may do without asking. */
import type { VNode } from 'preact';
import type { PermissionMode } from '../../src/protocol/permissions.ts';
import { Picker, type PickerOption } from '../controls/Picker.tsx';
import { useModel, usePanel } from '../view/context.ts';

type ModeOption = PickerOption & { readonly value: PermissionMode };

const MODES: readonly ModeOption[] = [
  {
    value: 'default',
    label: 'Ask before edits',
    icon: 'shield',
    description: 'Asks before every edit and every new command.',
  },
  {
    value: 'acceptEdits',
    label: 'Accept edits',
    icon: 'edit',
    description: 'Edits files here without asking; asks before commands.',
  },
  {
    value: 'plan',
    label: 'Plan',
    icon: 'checklist',
    description: 'Reads and plans only. Nothing is changed.',
  },
];
const BYPASS: ModeOption = {
  value: 'bypassPermissions',
  label: 'Bypass permissions',
  icon: 'warning',
  description: 'Never asks. Only for a machine you can throw away.',
  isRisky: true,
};
const NEVER_ASK: ModeOption = {
  value: 'dontAsk',
  label: "Don't ask",
  icon: 'circle-slash',
  description: 'Refuses whatever is not allowed already.',
};

export function ModePicker(): VNode {
  const { peer, announce } = usePanel();
  const mode = useModel((model) => model.host?.permission_mode ?? 'default');
  const isBypassAllowed = useModel((model) => model.host?.bypass_allowed ?? false);
  const options = [
    ...MODES,
    ...(mode === 'dontAsk' ? [NEVER_ASK] : []),
    ...(isBypassAllowed || mode === 'bypassPermissions' ? [BYPASS] : []),
  ];
  const choose = (value: string): void => {
    const option = options.find((candidate) => candidate.value === value);
    if (option === undefined) return;
    peer
      .request('set_permission_mode', { mode: option.value })
      .catch(() => announce('The mode could not be changed.'));
  };
  return (
    <Picker
      className="mode-picker"
      label="Permission mode"
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
    peer.request('set_model', { model: value }).catch(() => announce('The model could not be changed.'));
  };
  return <Picker className="model-picker" label="Model" value={model} options={options} onChoose={choose} />;
}

const NO_MODELS: readonly {
  readonly value: string;
  readonly displayName: string;
  readonly description: string;
}[] = [];
