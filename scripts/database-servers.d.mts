/** How a database server is reached, found and started. */
export interface DatabaseServer {
  readonly name: string
}

export const postgresServer: DatabaseServer
export const mysqlServer: DatabaseServer
export const redisServer: DatabaseServer
