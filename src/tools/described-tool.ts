/** The part of JSON Schema that becomes types; types leave out the rest of a schema. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
}

/** A tool's description. */
export interface DescribedTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  /** `undefined` if the tool does not declare its answer. */
  readonly output: JsonSchema | undefined;
}
