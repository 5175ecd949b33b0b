/** From what a definition or a call says of the model to the id of one. */
import type { ModelInfo } from '../../protocol/models.ts';
import type { ModelTable } from '../model/modelTable.ts';

export interface ModelChoice {
  /** The first that says something counts: the call before the definition. */
  readonly asked: readonly (string | undefined)[];
  /** Of the caller. */
  readonly inherited: string;
  /** What the provider offers; empty: unknown. */
  readonly offered: readonly Pick<ModelInfo, 'value'>[];
  readonly models: ModelTable;
}

/** A family (`haiku`) is its first model in the provider's list; one that isn't offered leaves the caller's model. */
export function resolveModel({ asked, inherited, offered, models }: ModelChoice): string {
  const said = asked.find((name) => name !== undefined && name !== '')?.trim();
  if (said === undefined || said === 'inherit' || said === 'default') return inherited;
  if (!/^[a-z]+$/.test(said)) return said;
  const ids = offered.length > 0 ? offered.map(({ value }) => value) : models.rows.map(({ id }) => id);
  if (ids.includes(said)) return said;
  return ids.find((id) => id.split(/[-./]/).includes(said)) ?? inherited;
}
