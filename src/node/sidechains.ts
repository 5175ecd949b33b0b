/**
 * The conversations of subagents on the disk, where the Agent SDK's functions look for them: beside the session's
 * transcript, in `<session>/subagents/agent-<id>.jsonl`. The session's lock holds for them, too.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { FileError } from '../core/ports.ts';
import type { KeptSidechain, SidechainInfo, SidechainStore } from '../core/sessions/transcriptStore.ts';
import { withFileErrors } from './fileErrors.ts';
import { isMissing } from './fileOperations.ts';
import { createTranscriptReader } from './transcriptReader.ts';
import { createTranscriptWriter } from './transcriptWriter.ts';

/** As it is written beside a conversation; other programs leave fields out. */
const infoFile = z.object({
  agentType: z.string().default(''),
  description: z.string().default(''),
  toolUseId: z.string(),
  parentAgentId: z.string().optional(),
});

export function createSidechainStore(): SidechainStore {
  return {
    async list(transcriptPath) {
      const folder = folderOf(transcriptPath);
      const names = await withFileErrors(folder, () => readdir(folder).catch(emptyWhereMissing));
      const ids = names.flatMap((name) => /^agent-([A-Za-z0-9_-]{1,128})\.jsonl$/.exec(name)?.[1] ?? []);
      return (await Promise.all(ids.map((agentId) => toKept(folder, agentId)))).flat();
    },
    async open(transcriptPath, agentId, info) {
      if (!/^[A-Za-z0-9_-]{1,128}$/.test(agentId))
        throw new FileError('EINVAL', agentId, `Not the id of a subagent: ${JSON.stringify(agentId)}`);
      const folder = folderOf(transcriptPath);
      const path = join(folder, `agent-${agentId}.jsonl`);
      const reader = createTranscriptReader(path);
      const writer = createTranscriptWriter(path);
      await withFileErrors(path, () => prepare(folder, agentId, info));
      return {
        path,
        read: reader.read,
        append: (lines) => withFileErrors(path, () => writer.append(lines)),
        quarantine: (lines) =>
          withFileErrors(path, async () => {
            await reader.reopen();
            return writer.quarantine(lines);
          }),
        close: () =>
          withFileErrors(path, async () => {
            await reader.close();
            await writer.close();
          }),
      };
    },
  };
}

function folderOf(transcriptPath: string): string {
  return join(dirname(transcriptPath), basename(transcriptPath, '.jsonl'), 'subagents');
}

function emptyWhereMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}

/** Empty: what is known of it can't be read, so nobody knows where it belongs. */
async function toKept(folder: string, agentId: string): Promise<readonly KeptSidechain[]> {
  const text = await readFile(join(folder, `agent-${agentId}.meta.json`), 'utf8').catch(() => '');
  const parsed = infoFile.safeParse(parseJson(text));
  if (!parsed.success) return [];
  const { parentAgentId, ...rest } = parsed.data;
  const info = { ...rest, ...(parentAgentId === undefined ? {} : { parentAgentId }) };
  const path = join(folder, `agent-${agentId}.jsonl`);
  return [{ agentId, info, path, open: () => createTranscriptReader(path) }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Torn by a power loss: as if it were not there.
    return undefined;
  }
}

async function prepare(folder: string, agentId: string, info: SidechainInfo): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, `agent-${agentId}.meta.json`), JSON.stringify(info), { mode: 0o600 });
}
