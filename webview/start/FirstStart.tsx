/** The first start: where the model is to come from. No key is ever typed here; the host asks for it. */

import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { RequestOf } from '../../src/protocol/control.ts';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { TextField } from '../controls/TextField.tsx';
import { t } from '../l10n/texts.ts';
import { usePanel } from '../view/context.ts';
import './firstStart.css';

type Choice = RequestOf<'belay/provider_choose'>;

export function FirstStart(): VNode {
  const { peer } = usePanel();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const choose = (choice: Choice): void => {
    setBusy(true);
    setProblem('');
    peer
      .request('belay/provider_choose', choice)
      .then(
        ({ problem: told }) => setProblem(told ?? ''),
        () => setProblem(t('That did not work. The log may say why.')),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section class="first-start" aria-label={t('Choose a model provider')}>
      <h1>Belay</h1>
      <p class="first-start-lead">
        {t('A coding agent that never gets ahead of you. Where should its model come from?')}
      </p>
      {problem !== '' && (
        <p class="first-start-problem" role="alert">
          {problem}
        </p>
      )}
      <Providers disabled={isBusy} onChoose={choose} />
    </section>
  );
}

interface ChooserProps {
  readonly disabled: boolean;
  readonly onChoose: (choice: Choice) => void;
}

function Providers({ disabled, onChoose }: ChooserProps): VNode {
  return (
    <div class="providers">
      <Provider
        icon="key"
        title="Anthropic API"
        text={t("With your own key. It is kept in VS Code's secret storage.")}
      >
        <Button kind="primary" disabled={disabled} onClick={() => onChoose({ provider: 'anthropic' })}>
          {t('Set API key')}
        </Button>
      </Provider>
      <Provider
        icon="server"
        title={t('Local or compatible server')}
        text={t('Any server that speaks the Messages API.')}
      >
        <LocalServer disabled={disabled} onChoose={onChoose} />
      </Provider>
      <Provider
        icon="vscode"
        title={t('VS Code language models')}
        text={t('What other extensions provide to VS Code.')}
      >
        <Button disabled={disabled} onClick={() => onChoose({ provider: 'vscode-lm' })}>
          {t("Use VS Code's models")}
        </Button>
      </Provider>
      <Provider icon="rocket" title={t('Just look around')} text={t('A scripted tour: no key, no network.')}>
        <Button disabled={disabled} onClick={() => onChoose({ provider: 'offline' })}>
          {t('Try it offline')}
        </Button>
      </Provider>
    </div>
  );
}

interface ProviderProps {
  readonly icon: string;
  readonly title: string;
  readonly text: string;
  readonly children: VNode;
}

function Provider({ icon, title, text, children }: ProviderProps): VNode {
  return (
    <section class="provider" aria-label={title}>
      <Icon name={icon} />
      <div class="provider-text">
        <h2>{title}</h2>
        <p>{text}</p>
        {children}
      </div>
    </section>
  );
}

function LocalServer({ disabled, onChoose }: ChooserProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const [url, setUrl] = useState('');
  const [model, setModel] = useState('');
  if (!isOpen) {
    return (
      <Button disabled={disabled} onClick={() => setOpen(true)}>
        {t('Use a server')}
      </Button>
    );
  }
  const isUsable = /^https?:\/\/\S+$/.test(url.trim()) && model.trim() !== '';
  const connect = (): void => {
    if (isUsable && !disabled) onChoose({ provider: 'local', base_url: url.trim(), model: model.trim() });
  };
  return (
    <div class="provider-form">
      <TextField
        label={t('Base URL')}
        caption={t('Base URL')}
        placeholder="http://localhost:8080"
        value={url}
        onInput={setUrl}
        onEnter={connect}
      />
      <TextField
        label={t('Model')}
        caption={t('Model')}
        placeholder={t('Name of the model')}
        value={model}
        onInput={setModel}
        onEnter={connect}
      />
      <Button kind="primary" disabled={disabled || !isUsable} onClick={connect}>
        {t('Connect')}
      </Button>
    </div>
  );
}
