/** The provider that needs no key and no network: a scripted tour, told as what it is. */
import type { Clock, StreamModel } from '../../ports.ts';
import { createAnthropicModel } from '../anthropicModel.ts';
import { createModelTable, type ListedModel, type ModelTable, type PriceSetting } from '../modelTable.ts';
import { createOfflineFetch } from './offlineFetch.ts';

const ID = 'offline-tour';
const LISTED: ListedModel = {
  id: ID,
  displayName: 'Scripted tour',
  description: 'Not a model: a script that shows what Belay does, without a key or a network',
};
const FREE: PriceSetting = { input: 0, output: 0 };

/** The one model of this provider; it costs nothing. */
export const OFFLINE_MODEL = ID;

export function createOfflineModelTable(): ModelTable {
  const table = createModelTable({ listed: [LISTED], prices: { [ID]: FREE } });
  return { get: (model) => table.get(model), rows: table.rows.filter(({ id }) => id === ID) };
}

export interface OfflineModelOptions {
  readonly clock: Clock;
  /** How long each piece of text takes, in milliseconds; 0: no waiting. Default 30. */
  readonly pieceMs?: number | undefined;
}

export function createOfflineModel({ clock, pieceMs }: OfflineModelOptions): StreamModel {
  const models = createOfflineModelTable();
  return createAnthropicModel({
    secrets: { get: async () => undefined },
    baseUrl: () => 'https://offline.invalid',
    fetch: createOfflineFetch({ clock, model: ID, pieceMs }),
    clock,
    models: () => models,
  });
}
