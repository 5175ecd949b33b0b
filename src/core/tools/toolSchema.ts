/** A tool as the model is told of it. */
import * as z from 'zod';
import type { ApiTool } from '../model/modelRequest.ts';
import type { AnyTool } from './tool.ts';

/** The JSON schema is derived from the zod schema; its keys stand in the order in which the schema was written, always. */
export function toApiTool(tool: AnyTool): ApiTool {
  const { $schema: _, ...schema } = z.toJSONSchema(tool.inputSchema, { io: 'input' });
  return { name: tool.name, description: tool.prompt, input_schema: schema };
}
