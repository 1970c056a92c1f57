import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/** A JSON Schema as it stands in the description of the API. */
export type JsonSchema = Readonly<Record<string, unknown>>;
type Definitions = Readonly<Record<string, JsonSchema>>;

/** What a schema describes: what is sent to us (`input`), or what we have read or answer (`output`). */
export type Direction = 'input' | 'output';

const DEFINITIONS = '#/$defs/';
const COMPONENTS = '#/components/schemas/';

/**
 * Turns zod schemas into JSON Schemas that refer to each other by `.meta({ id })`. A schema whose two
 * directions differ (one has defaults, say) becomes two components, the sent one named `<id>Input`.
 */
export class SchemaComponents {
  readonly #definitions: Record<Direction, Map<string, JsonSchema>> = { input: new Map(), output: new Map() };

  /**
   * @returns the schema, its references still marked with the direction, for `resolve`
   * @throws Error when the schema has no JSON form, or another schema has its id
   */
  add(schema: z.ZodType, direction: Direction): JsonSchema {
    const converted = z.toJSONSchema(schema, {
      io: direction,
      override: ({ zodSchema, jsonSchema }) => simplify(zodSchema, jsonSchema),
    });
    const { $defs: definitions = {}, ...root } = mark(converted, direction) as JsonSchema & { $defs?: Definitions };
    for (const [id, definition] of Object.entries(definitions)) {
      this.#define(id, definition, direction);
    }
    return omitDialect(root);
  }

  /** Gives every marked reference in a document its final target. */
  resolve<T>(document: T): T {
    const split = this.#findSplit();
    return mapReferences(document, (reference) => {
      const [direction, id = ''] = reference.split(':');
      return `${COMPONENTS}${direction === 'input' && split.has(id) ? `${id}Input` : id}`;
    }) as T;
  }

  /** All components by name, sorted, resolved. */
  build(): Record<string, JsonSchema> {
    const split = this.#findSplit();
    const { input, output } = this.#definitions;
    const named = [...input].map(([id, schema]) => [split.has(id) ? `${id}Input` : id, schema] as const);
    const entries = [...new Map([...named, ...output])].sort(([one], [other]) => one.localeCompare(other));
    return this.resolve(Object.fromEntries(entries));
  }

  #define(id: string, definition: JsonSchema, direction: Direction): void {
    const known = this.#definitions[direction].get(id);
    if (known !== undefined && !isDeepStrictEqual(known, definition)) {
      throw new Error(`Two different schemas have the id ${id}`);
    }
    this.#definitions[direction].set(id, definition);
  }

  /** The ids whose two directions differ, themselves or in what they refer to. */
  #findSplit(): ReadonlySet<string> {
    const { input, output } = this.#definitions;
    const shared = [...input.keys()].filter((id) => output.has(id));
    const split = new Set(shared.filter((id) => !isDeepStrictEqual(unmark(input.get(id)), unmark(output.get(id)))));
    let size = -1;
    while (size !== split.size) {
      size = split.size;
      for (const id of shared) {
        if (listReferences(input.get(id)).some((reference) => split.has(unmarkReference(reference)))) split.add(id);
      }
    }
    return split;
  }
}

/** The document as a whole is of this dialect. */
function omitDialect(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
}

/** Leaves out what zod adds and no reader needs. */
function simplify(zodSchema: z.core.$ZodTypes, jsonSchema: z.core.JSONSchema.BaseSchema): void {
  // Clients should bear new fields in answers; only strict objects promise that there are none.
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined) {
    delete jsonSchema.additionalProperties;
  }
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

function mark(schema: unknown, direction: Direction): unknown {
  return mapReferences(schema, (reference) => {
    if (!reference.startsWith(DEFINITIONS)) throw new Error('A recursive schema needs an id');
    return `${direction}:${reference.slice(DEFINITIONS.length)}`;
  });
}

function unmark(schema: unknown): unknown {
  return mapReferences(schema, unmarkReference);
}

function unmarkReference(reference: string): string {
  return reference.replace(/^(?:input|output):/, '');
}

function listReferences(schema: unknown): string[] {
  const references: string[] = [];
  mapReferences(schema, (reference) => {
    references.push(reference);
    return reference;
  });
  return references;
}

function mapReferences(value: unknown, map: (reference: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapReferences(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? map(item) : mapReferences(item, map),
    ]),
  );
}
