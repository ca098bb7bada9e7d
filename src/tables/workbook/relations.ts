import { posix } from 'node:path';
import { readXml } from '../read-xml.ts';
import { brokenWorkbook, notWorkbook, WORKBOOK_XML } from './not-workbook.ts';

/** From one part of a workbook to another, or to an address outside (ECMA-376 part 2, 9.3). */
export interface Relation {
  id: string;
  /** The last word of its type, such as `worksheet`. */
  type: string;
  /** Name of the part, in lower case; of an external one the address as written. */
  target: string;
  external: boolean;
}

/** Excel allows 65,530 links in a sheet, each of which is one. */
const MOST_RELATIONS = 70_000;
/** Far more than the name of any part has; the time that making one absolute takes grows with its square. */
const NAME_CHARACTERS = 1_000;

/**
 * @param folder of the part that the relations belong to
 * @throws Problem `not_csv`
 */
export async function readRelations(bytes: AsyncIterable<Uint8Array>, folder: string): Promise<Relation[]> {
  const found: Relation[] = [];
  const open = (name: string, { Id = '', Type = '', Target = '', TargetMode }: Record<string, string>) => {
    if (name !== 'Relationship') return;
    if (found.length === MOST_RELATIONS) throw tooMany('parts', MOST_RELATIONS);
    const type = Type.slice(Type.lastIndexOf('/') + 1).toLowerCase();
    if (TargetMode === 'External') found.push({ id: Id, type, target: Target, external: true });
    else found.push({ id: Id, type, target: partName(Target, folder), external: false });
  };
  for await (const _ of readXml(bytes, { open }, WORKBOOK_XML));
  return found;
}

function partName(target: string, folder: string): string {
  if (target.length > NAME_CHARACTERS) throw brokenWorkbook();
  return (target.startsWith('/') ? target.slice(1) : posix.join(folder, target)).toLowerCase();
}

/** Where the relations of a part stand. */
export function relationsName(part: string): string {
  return posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);
}

export function tooMany(things: string, most: number) {
  const advice = 'Save the sheet with the products as a workbook of its own, or as CSV, and upload that.';
  return notWorkbook(`It has more than ${most} ${things}. ${advice}`);
}
