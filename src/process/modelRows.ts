/** A table of models on its way to another process. JSON has no infinity, so a price without a limit travels as null. */
import { buildUnknownRow, familyOf, type ModelRow, type ModelTable } from '../core/model/modelTable.ts';
import type { WireModelRow } from '../protocol/processRequests.ts';

export function toWireRows({ rows }: ModelTable): WireModelRow[] {
  return rows.map(({ prices, efforts, ...row }) => ({
    ...row,
    efforts: [...efforts],
    ...(prices === undefined
      ? {}
      : {
          prices: prices.map(({ upToPromptTokens: limit, price }) => ({
            upToPromptTokens: limit === Number.POSITIVE_INFINITY ? null : limit,
            price,
          })),
        }),
  }));
}

/** The same table as on the other side. */
export function toModelTable(wire: readonly WireModelRow[]): ModelTable {
  const rows = wire.map(toRow);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return { rows, get: (model) => byId.get(model) ?? byId.get(familyOf(model)) ?? buildUnknownRow(model) };
}

function toRow({ prices, defaultEffort, ...row }: WireModelRow): ModelRow {
  return {
    ...row,
    ...(defaultEffort === undefined ? {} : { defaultEffort }),
    ...(prices === undefined
      ? {}
      : {
          prices: prices.map(({ upToPromptTokens: limit, price }) => ({
            upToPromptTokens: limit ?? Number.POSITIVE_INFINITY,
            price,
          })),
        }),
  };
}
