import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import type { DeclarationStatement, Identifier } from 'typescript';

/** The types of all that goes to the server and comes back, from its OpenAPI document. */
export async function clientTypes(openapi: object): Promise<string> {
  // Paths are left out: the client has a method for each operation.
  const types = await openapiTS({ ...openapi, paths: {} } as OpenAPI3, { defaultNonNullable: false });
  const named = types as DeclarationStatement[];
  const components = named.filter(({ name }) => (name as Identifier).text === 'components');
  return `/** Written by \`npm run docs\` from the OpenAPI document. */\n${astToString(components)}`;
}
