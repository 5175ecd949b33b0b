/** The settings under `belay.`, read at the moment they are needed, so that a change counts at once. */
import { workspace } from 'vscode';
import * as z from 'zod';
import { providerKind } from '../protocol/panel.ts';
import { permissionMode } from '../protocol/permissions.ts';

const effort = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);
const price = z.object({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cacheRead: z.number().nonnegative().optional(),
  cacheWrite5m: z.number().nonnegative().optional(),
  cacheWrite1h: z.number().nonnegative().optional(),
});

/** A value that doesn't fit (settings are edited by hand) counts as not set. */
const settings = z.object({
  provider: providerKind.or(z.literal('auto')).catch('auto'),
  /** Empty: the provider's default. */
  model: z.string().catch(''),
  /** undefined: the model's default. */
  effort: effort.optional().catch(undefined),
  /** Empty: the Anthropic API, or what the environment says. */
  baseUrl: z.string().catch(''),
  permissionMode: permissionMode.catch('default'),
  /** A person has set it: then it goes before what settings files say. */
  isPermissionModeSet: z.boolean(),
  /** Where the agent of a session that is opened from now on runs. */
  agentProcess: z.enum(['extensionHost', 'child']).catch('extensionHost'),
  /** False: what settings files say. */
  sandboxEnabled: z.boolean(),
  maxTurns: z.number().int().positive().optional().catch(undefined),
  /** US dollars. */
  maxBudgetUsd: z.number().positive().optional().catch(undefined),
  /** Proposals are shown in the editor without having been asked for. */
  reviewProposals: z.boolean().catch(true),
  checkpointsEnabled: z.boolean().catch(true),
  /** US dollars per million tokens, by model. */
  prices: z.record(z.string(), price).catch({}),
});
export type Settings = z.infer<typeof settings>;

export function readSettings(): Settings {
  const read = workspace.getConfiguration('belay');
  return settings.parse({
    provider: read.get('provider'),
    model: read.get('model'),
    effort: read.get('effort'),
    baseUrl: read.get('baseUrl'),
    permissionMode: read.get('permissionMode'),
    isPermissionModeSet: read.inspect('permissionMode')?.globalValue !== undefined,
    agentProcess: read.get('agentProcess'),
    sandboxEnabled: read.get('sandbox') === 'on',
    maxTurns: read.get('maxTurns'),
    maxBudgetUsd: read.get('maxBudgetUsd'),
    reviewProposals: read.get('review.proposals'),
    checkpointsEnabled: read.get('checkpoints.enabled'),
    prices: read.get('prices'),
  });
}
