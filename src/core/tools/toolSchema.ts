/** A tool as the model is told of it. */
import * as z from 'zod';
import type { ApiTool } from '../model/modelRequest.ts';
import type { AnyTool } from './tool.ts';

/**
 * A tool's own JSON schema goes to the model as it is, but for what the API refuses at the top of one. Else it is derived
 * from the zod schema; its keys stand in the order in which the schema was written, always.
 */
export function toApiTool(tool: AnyTool): ApiTool {
  const full = tool.inputJsonSchema ?? z.toJSONSchema(tool.inputSchema, { io: 'input' });
  const { $schema: _schema, anyOf: _any, oneOf: _one, allOf: _all, ...schema } = full;
  return { name: tool.name, description: tool.prompt, input_schema: schema };
}
