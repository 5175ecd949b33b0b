/**
 * The conversations of subagents on the disk, where the Agent SDK's functions look for them: beside the session's
 * transcript, in `<session>/subagents/agent-<id>.jsonl`. The session's lock holds for them, too.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../core/ports.ts';
import type { SidechainInfo, SidechainStore } from '../core/sessions/transcriptStore.ts';
import { withFileErrors } from './fileErrors.ts';
import { createTranscriptReader } from './transcriptReader.ts';
import { createTranscriptWriter } from './transcriptWriter.ts';

export function createSidechainStore(): SidechainStore {
  return {
    async open(transcriptPath, agentId, info) {
      if (!/^[A-Za-z0-9_-]{1,128}$/.test(agentId))
        throw new FileError('EINVAL', agentId, `Not the id of a subagent: ${JSON.stringify(agentId)}`);
      const folder = join(dirname(transcriptPath), basename(transcriptPath, '.jsonl'), 'subagents');
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

async function prepare(folder: string, agentId: string, info: SidechainInfo): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, `agent-${agentId}.meta.json`), JSON.stringify(info), { mode: 0o600 });
}
