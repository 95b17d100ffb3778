/** The part of JSON Schema that types are made of. What else a schema says is left out of them. */
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

/** A tool as it is described. */
export interface DescribedTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  /** Absent where the tool says nothing of its answer. */
  readonly output: JsonSchema | undefined;
}
