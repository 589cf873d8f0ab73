/** Statements name the store's own tables; this puts the names in their place that the tables have in a database. */
import {
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type SchemableIdentifierNode,
  type UnknownRow,
} from 'kysely'

/** Renames tables wherever a statement names one; aliases and columns are none. */
export class RenamingPlugin implements KyselyPlugin {
  readonly #renamer: Renamer

  constructor(rename: (name: string) => string) {
    this.#renamer = new Renamer(rename)
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    return this.#renamer.transformNode(node, queryId)
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }
}

class Renamer extends OperationNodeTransformer {
  readonly #rename: (name: string) => string

  constructor(rename: (name: string) => string) {
    super()
    this.#rename = rename
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    return { ...node, identifier: { ...node.identifier, name: this.#rename(node.identifier.name) } }
  }
}
