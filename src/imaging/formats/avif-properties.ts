import { fullRangeIn } from './av1-sequence-header.ts';
import { type Box, boxesIn, itemExtents } from './iso-boxes.ts';

/** What the boxes of an AVIF say of its main picture, as far as decoders differ in heeding it. */
export interface AvifProperties {
  /** Colour numbers of ITU-T H.273; `at` is where they stand in the file. */
  nclx: { at: number; primaries: number; transfer: number; matrix: number; fullRange: boolean } | undefined;
  hasProfile: boolean;
  /** The brightest light of an HDR picture in cd/m² (`clli`). */
  peak: number | undefined;
  monochrome: boolean;
  /** Of the AV1 stream, which holds where there is no `nclx`; undefined where it does not say. */
  streamFullRange: boolean | undefined;
  /** Whether colours are multiplied by alpha (ISO/IEC 23008-12 section 6.4.5, `prem`). */
  premultiplied: boolean;
}

/** @throws RangeError where a length points outside of the file */
export function avifProperties(file: Buffer): AvifProperties | undefined {
  const meta = boxesIn(file, 0, file.length).find(({ type }) => type === 'meta');
  if (!meta) return undefined;
  const inside = boxesIn(file, meta.start + 4, meta.end);
  const box = (type: string) => inside.find((each) => each.type === type);
  const [pitm, iprp, iref] = [box('pitm'), box('iprp'), box('iref')];
  if (!pitm || !iprp) return undefined;
  const main = file.readUInt8(pitm.start) === 0 ? file.readUInt16BE(pitm.start + 4) : file.readUInt32BE(pitm.start + 4);
  const properties = propertiesOf(file, iprp, main);
  const colours = properties.filter(({ type }) => type === 'colr');
  const kind = ({ start }: Box) => file.toString('latin1', start, start + 4);
  const nclx = colours.find((each) => kind(each) === 'nclx');
  const mainData = () => {
    const iloc = box('iloc');
    const place = iloc && [...itemExtents(file, iloc)].find(({ id, inIdat }) => id === main && !inIdat);
    return place ? file.subarray(place.offset, place.offset + place.length) : Buffer.alloc(0);
  };
  const clli = properties.find(({ type }) => type === 'clli');
  const av1C = properties.find(({ type }) => type === 'av1C');
  return {
    nclx: nclx && {
      at: nclx.start + 4,
      primaries: file.readUInt16BE(nclx.start + 4),
      transfer: file.readUInt16BE(nclx.start + 6),
      matrix: file.readUInt16BE(nclx.start + 8),
      fullRange: (file.readUInt8(nclx.start + 10) & 0x80) !== 0,
    },
    hasProfile: colours.some((each) => kind(each) !== 'nclx'),
    peak: (clli && file.readUInt16BE(clli.start)) || undefined,
    monochrome: av1C !== undefined && (file.readUInt8(av1C.start + 2) & 0x10) !== 0,
    streamFullRange: av1C && (fullRangeIn(file.subarray(av1C.start + 4, av1C.end)) ?? fullRangeIn(mainData())),
    premultiplied: iref !== undefined && boxesIn(file, iref.start + 4, iref.end).some(({ type }) => type === 'prem'),
  };
}

/** The properties that belong to an item (ISO/IEC 23008-12 section 9.3). */
function propertiesOf(file: Buffer, iprp: Box, item: number): Box[] {
  const inside = boxesIn(file, iprp.start, iprp.end);
  const ipco = inside.find(({ type }) => type === 'ipco');
  const ipma = inside.find(({ type }) => type === 'ipma');
  if (!ipco || !ipma) return [];
  const all = boxesIn(file, ipco.start, ipco.end);
  const version = file.readUInt8(ipma.start);
  const isWide = (file.readUInt8(ipma.start + 3) & 1) !== 0;
  let at = ipma.start + 8;
  for (let left = file.readUInt32BE(ipma.start + 4); left > 0; left--) {
    const id = version === 0 ? file.readUInt16BE(at) : file.readUInt32BE(at);
    at += version === 0 ? 2 : 4;
    const count = file.readUInt8(at++);
    const size = isWide ? 2 : 1;
    if (id !== item) {
      at += count * size;
      continue;
    }
    return Array.from({ length: count }, (_, index) => {
      const place = isWide ? file.readUInt16BE(at + 2 * index) & 0x7fff : file.readUInt8(at + index) & 0x7f;
      return all[place - 1];
    }).filter((property) => property !== undefined);
  }
  return [];
}
