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

export interface StringSchema extends CommonSchema {
  readonly type: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
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

export interface ObjectSchema extends CommonSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
}

/**
 * As much of a structural schema as is used here, spelled as Kubernetes spells it:
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 * The API server drops the fields that a schema does not name.
 */
export type StructuralSchema = StringSchema | IntegerSchema | BooleanSchema | ArraySchema | ObjectSchema;
