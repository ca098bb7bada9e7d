/** One path of an operation, with what its documentation says about it. */
export interface RoutePath {
  url: string;
  operationId: string;
  deprecated?: boolean;
  description?: string;
}

/**
 * The paths of one operation. The first is the one to use; the others are kept for older clients and respond the same.
 * @param description of the operation, in Markdown
 */
export function routePaths(operationId: string, description: string, first: string, ...older: string[]): RoutePath[] {
  return [
    { url: first, operationId, description },
    ...older.map((url, index) => ({
      url,
      operationId: `${operationId}Older${index + 1}`,
      deprecated: true,
      description: `Kept for older clients. The same as \`${first.replace(/:(\w+)/g, '{$1}')}\`.`,
    })),
  ];
}
