/** StructuredOutput: how the model gives its final answer when the client wants it in the shape of a JSON schema. */
import { fromJsonSchema, type JsonSchema, JsonSchemaError } from './jsonSchema.ts';
import type { Tool } from './tool.ts';
import { answerAtOnce } from './toolOutcome.ts';

export const STRUCTURED_OUTPUT = 'StructuredOutput';

const prompt = `Gives your final answer to the request, in the structured form that was asked for.

- You MUST call this tool exactly once at the end of your work, with input that fits its schema. Nothing but its input is read as your answer.
- Do what was asked first, with the other tools where you need them. When the input is refused, mend it and call again.`;

/** What the model is told besides, at the end of its system prompt. */
export const STRUCTURED_OUTPUT_SECTION = `How you answer
Your final answer is read by a program. Give it by calling the ${STRUCTURED_OUTPUT} tool, as the last thing you do; text beside it is not read.`;

/** Throws JsonSchemaError, with words for a person, when the schema can't be used. */
export function createStructuredOutputTool(schema: JsonSchema): Tool<Record<string, unknown>> {
  return {
    name: STRUCTURED_OUTPUT,
    description: 'Gives the answer in a structured form.',
    prompt,
    inputSchema: toInputSchema(schema),
    inputJsonSchema: schema,
    isReadOnly: () => true,
    isConcurrencySafe: () => false,
    effects: async () => [],
    run: (input) => answerAtOnce(input),
    toResultContent: () => 'The answer was taken.',
    title: () => 'Give the answer',
  };
}

function toInputSchema(schema: JsonSchema): ReturnType<typeof fromJsonSchema> {
  try {
    return fromJsonSchema(schema);
  } catch (error) {
    if (!(error instanceof JsonSchemaError)) throw error;
    throw new JsonSchemaError(
      `The JSON schema of the output can't be used: ${error.message} Nothing was asked of the model.`,
      { cause: error },
    );
  }
}
