import { createComponents, createRegistry, type ZodOpenApiOverrideContext } from 'zod-openapi/api';
import type { z } from 'zod';

/** The version of OpenAPI that documents are of. */
export const OPENAPI_VERSION = '3.1.1';

/** A JSON Schema as it stands in the description of the API. */
export type JsonSchema = Record<string, unknown>;

/** What a schema describes: what is sent to us (`input`), or what we have read or answer (`output`). */
export type Direction = 'input' | 'output';

/** What zod-openapi calls a schema that refers to itself and has no id. */
const NAMELESS = '__schema';

/**
 * Turns zod schemas into JSON Schemas that refer to each other by `.meta({ id })`. A schema whose two
 * directions differ (one has defaults, say) becomes two components, the answered one named `<id>Output`.
 */
export class SchemaComponents {
  readonly #registry = createRegistry();

  /**
   * @param place where the schema stands, as errors name it; each has its own
   * @returns the schema; it is empty until `build`
   */
  add(schema: z.ZodType, direction: Direction, place: readonly string[]): JsonSchema {
    return this.#registry.addSchema(schema, [direction, ...place], {
      io: direction,
      source: { type: 'mediaType' },
    }) as JsonSchema;
  }

  /**
   * Fills all that was added in.
   *
   * @returns the components by name, sorted
   * @throws Error when a schema has no JSON form, or another schema has its id
   */
  build(): Record<string, JsonSchema> {
    const { schemas = {} } = createComponents(this.#registry, { override: simplify }, OPENAPI_VERSION);
    const entries = Object.entries(schemas as Record<string, JsonSchema>);
    if (entries.some(([id]) => id.startsWith(NAMELESS))) throw new Error('A recursive schema needs an id');
    return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other)));
  }
}

/** Leaves out what no reader needs. */
function simplify({ zodSchema, jsonSchema }: ZodOpenApiOverrideContext): void {
  // Clients should bear new fields in answers; only strict objects promise that there are none.
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined) {
    delete jsonSchema.additionalProperties;
  }
  // The alternatives say it themselves.
  if (jsonSchema.oneOf !== undefined) delete jsonSchema.type;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}
