/** What a schema says whatever the type of its value. */
interface CommonSchema {
  /** Shown by `kubectl explain`. */
  readonly description: string;
  /** Whether null is a value too. @default false */
  readonly nullable?: boolean;
  /** Rules in CEL. @default none */
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A rule in CEL: `self` is the value, `oldSelf` the one before, and a rule that names it is asked of changes only. */
interface ValidationRule {
  readonly rule: string;
  readonly message: string;
}

/** A string, bounded by as much as is given here. The API server checks it. */
export interface StringSchema extends CommonSchema {
  readonly type: 'string';
  /** In characters. @default 0 */
  readonly minLength?: number;
  /** In characters. @default none */
  readonly maxLength?: number;
  /** A regular expression, not anchored. @default any string */
  readonly pattern?: string;
  /** @default any string */
  readonly enum?: readonly string[];
  /** @default none */
  readonly format?: 'date-time';
}

interface IntegerSchema extends CommonSchema {
  readonly type: 'integer';
  readonly format: 'int32' | 'int64';
  readonly minimum?: number;
}

interface BooleanSchema extends CommonSchema {
  readonly type: 'boolean';
  readonly default?: boolean;
}

interface ArraySchema extends CommonSchema {
  readonly type: 'array';
  readonly items: StructuralSchema;
  readonly maxItems?: number;
  /** `atomic` is replaced as a whole; a `map` is merged by its keys, and has none twice. */
  readonly 'x-kubernetes-list-type': 'atomic' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** An object of which the API server prunes every property that is not named here. */
export interface ObjectSchema extends CommonSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, StructuralSchema>>;
  /** Names of properties that must be there. @default none */
  readonly required?: readonly string[];
}

/**
 * As much of a structural schema as is used here, spelled as Kubernetes spells it:
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 * The API server drops the fields that a schema does not name.
 */
export type StructuralSchema = StringSchema | IntegerSchema | BooleanSchema | ArraySchema | ObjectSchema;
